"""CleanNet's hook: weights, held-out classes, rounds, fixed features, refusals."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from cleannet_toy import NUM_IMAGES, cleannet_hook, verified_loader
from mmpretrain.registry import DATASETS, TRANSFORMS
from toy import NUM_CLASSES, ToyImages, build, hook_of, loader, tiny_model, toy

from nl_plugins.formats.label_file import read_label_file
from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook
from nl_plugins.methods.cleannet.freezing import FrozenFeatures

QUIET = dict(default_hooks=dict(checkpoint=None))


def run(tmp_path, epochs=2, model=None, **kwargs):
    changes = dict(train_dataloader=verified_loader(), **QUIET)
    changes['train_cfg'] = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    runner = build(tmp_path, [cleannet_hook(**kwargs)], model, **changes)
    return runner, hook_of(runner, CleanNetHook)


def watch(runner, hook):
    """Keep the relevance of each round and the scalars that were logged."""
    rounds, logged = [], {}
    make, add = hook.round, runner.visualizer.add_scalars

    def watched(*args):
        rounds.append(make(*args))
        return rounds[-1]

    def add_scalars(scalars, step=0, **kwargs):
        logged.update(scalars)
        add(scalars, step, **kwargs)

    watched.check = make.check
    hook.round, runner.visualizer.add_scalars = watched, add_scalars
    return rounds, logged


def targets_of(runner):
    """(epoch, row, target) of each sample that the head was trained on."""
    seen, keep = [], runner.model.head.loss

    def loss(feats, data_samples, **kwargs):
        for sample in data_samples:
            target = sample.get('gt_score')
            if target is None:
                target = F.one_hot(sample.gt_label[0], NUM_CLASSES).float()
            seen.append((runner.epoch + 1, sample.sample_idx, target.clone()))
        return keep(feats, data_samples, **kwargs)

    runner.model.head.loss = loss
    return seen


@pytest.mark.parametrize('weighting', ['soft', 'hard'])
def test_weights_are_equation_12_or_13_and_reach_the_targets(tmp_path, weighting):
    runner, hook = run(tmp_path, weighting=weighting)
    rounds, _ = watch(runner, hook)
    seen = targets_of(runner)
    runner.train()
    (relevance,) = rounds
    similarity, threshold = relevance.similarity, relevance.thresholds
    assert relevance.known.all()
    if weighting == 'soft':
        want = similarity.clamp(0, 1)
    else:
        want = (similarity >= threshold).float()
    torch.testing.assert_close(hook.table.weights, want)
    assert want.unique().numel() > 1
    assert torch.equal(hook.table.selected, similarity >= threshold)
    torch.testing.assert_close(hook.table.scores, ((1 + similarity) / 2).clamp(0, 1))
    other = hook.table.suggested_labels != hook.table.given_labels
    assert torch.equal(other, ~hook.table.selected)
    assert other.any()
    for epoch, row, target in seen:
        given = F.one_hot(hook.table.given_labels[row].long(), NUM_CLASSES)
        weight = want[row] if epoch == 2 else 1.0
        torch.testing.assert_close(target, weight * given)
    file = read_label_file(tmp_path / 'cleaned_labels.csv')
    assert np.allclose(file.weights, want.numpy(), atol=1e-6)
    assert (file.selected == hook.table.selected.numpy()).all()
    known = hook.training_set.verification  # has the last word
    drop = torch.where(known < 0, ~hook.table.selected, known == 0).tolist()
    assert file.recommended.tolist() == [('keep', 'drop')[each] for each in drop]


def test_verification_labels_may_be_the_weights(tmp_path):
    runner, hook = run(tmp_path, use_verification=True)
    rounds, _ = watch(runner, hook)
    runner.train()
    verification = hook.training_set.verification
    verified = verification >= 0
    assert torch.equal(hook.table.weights[verified], verification[verified].float())
    similarity = rounds[0].similarity
    torch.testing.assert_close(
        hook.table.weights[~verified], similarity[~verified].clamp(0, 1)
    )
    assert torch.equal(hook.table.selected[verified], verification[verified] == 1)


def test_every_image_verified_needs_no_network(tmp_path):
    @DATASETS.register_module(force=True)
    class AllVerified(ToyImages):
        def load_data_list(self):
            infos = super().load_data_list()
            for info in infos:
                info['verification'] = int(info['gt_label'] == info['true_label'])
            return infos

    runner = build(
        tmp_path,
        [cleannet_hook(use_verification=True)],
        train_dataloader=loader(dict(toy(num_samples=NUM_IMAGES), type='AllVerified')),
        **QUIET,
    )
    hook = hook_of(runner, CleanNetHook)
    rounds, _ = watch(runner, hook)
    runner.train()
    assert not rounds
    right = torch.arange(NUM_IMAGES) % 5 != 0
    assert torch.equal(hook.table.weights, right.float())


@pytest.mark.parametrize('named', [(1,), ('green',)])
def test_held_out_classes_are_hidden_and_measured(tmp_path, named):
    runner, hook = run(tmp_path, held_out_classes=named)
    rounds, logged = watch(runner, hook)
    runner.train()
    hidden = hook.table.given_labels == 1
    verification = hook.training_set.verification
    assert (verification[hidden] >= 0).any()
    assert (hook.verification[hidden] == -1).all()
    assert torch.equal(hook.verification[~hidden], verification[~hidden])
    cross_validated = ~rounds[0].cross_validated.isnan()
    assert not cross_validated[hidden].any()
    transferred = rounds[0].transferred
    threshold = float(rounds[0].thresholds[hidden][0])
    assert logged['cleannet/transfer_threshold'] == threshold
    errors = [
        ((transferred >= threshold) != (verification == 1))[of_class].double().mean()
        for label in (0, 2)
        for of_class in [(hook.table.given_labels == label) & (verification >= 0)]
    ]
    assert not transferred[~hidden & (verification >= 0)].isnan().any()
    assert logged['cleannet/transfer_error'] == pytest.approx(float(sum(errors) / 2))
    judged = hidden & (verification >= 0)
    predicted = rounds[0].selected
    wrong = predicted[judged] != (verification[judged] == 1)
    error = float(wrong.double().mean())
    assert logged['cleannet/held_out_error'] == pytest.approx(error)


def test_figures_of_a_round(tmp_path):
    runner, hook = run(tmp_path)
    rounds, logged = watch(runner, hook)
    runner.train()
    assert logged['cleannet/num_verified'] == NUM_IMAGES / 2
    assert logged['cleannet/threshold'] == float(rounds[0].thresholds[0])
    assert logged['cleannet/mean_weight'] == pytest.approx(
        float(hook.table.weights.mean())
    )
    predicted = rounds[0].selected
    assert logged['cleannet/selected'] == pytest.approx(float(predicted.float().mean()))
    right = hook.table.given_labels == hook.training_set.true_labels
    unseen = hook.verification < 0
    errors = [
        (predicted != right)[unseen & (hook.table.given_labels == label)]
        for label in range(NUM_CLASSES)
    ]
    mean = sum(float(error.double().mean()) for error in errors) / NUM_CLASSES
    assert logged['cleannet/true_error'] == pytest.approx(mean)
    assert 'cleannet/held_out_error' not in logged
    assert 0 <= logged['cleannet/validation_error'] <= 1


def test_each_round_replaces_the_weights(tmp_path):
    runner, hook = run(tmp_path, epochs=6, interval=2, rounds_before_freezing=None)
    rounds, _ = watch(runner, hook)
    runner.train()
    assert hook.num_rounds == len(rounds) == 3
    assert not torch.equal(rounds[0].similarity, rounds[1].similarity)
    torch.testing.assert_close(hook.table.weights, rounds[-1].similarity.clamp(0, 1))


def snapshot(runner):
    return {k: v.clone() for k, v in runner.model.state_dict().items()}


def test_later_rounds_train_only_the_fully_connected_layers(tmp_path):
    runner, hook = run(tmp_path, epochs=5, start_epoch=2, interval=2)
    states = []
    keep = hook.before_train_epoch

    def before_train_epoch(runner):
        keep(runner)
        states.append(snapshot(runner))

    hook.before_train_epoch = before_train_epoch
    runner.train()
    states.append(snapshot(runner))
    changed = [
        {key for key in first if not torch.equal(first[key], second[key])}
        for first, second in zip(states, states[1:])
    ]
    everything = set(states[0])
    for epoch in (0, 1, 2):  # before the second round, which is before epoch 4
        assert changed[epoch] == everything, epoch + 1
    for epoch in (3, 4):
        assert changed[epoch] == {'head.fc.weight', 'head.fc.bias'}, epoch + 1


@pytest.mark.parametrize('limit', [None, 0])
def test_freezing_can_be_left_out_or_start_at_once(tmp_path, limit):
    runner, hook = run(tmp_path, rounds_before_freezing=limit)
    before = []
    keep = hook.before_train_epoch

    def before_train_epoch(runner):
        keep(runner)
        before.append(snapshot(runner))

    hook.before_train_epoch = before_train_epoch
    runner.train()
    name = 'backbone.layers.0.weight'
    moved = not torch.equal(before[-1][name], runner.model.state_dict()[name])
    assert moved == (limit is None)


@pytest.mark.parametrize(
    ('limit', 'interval', 'looked'),
    [(0, None, True), (1, None, False), (1, 1, True), (None, 1, False)],
)
def test_wrapper_is_looked_at_where_features_will_be_fixed(
    tmp_path, monkeypatch, limit, interval, looked
):
    seen = []
    monkeypatch.setattr(FrozenFeatures, 'check_wrapper', lambda *args: seen.append(1))
    runner, hook = run(tmp_path, rounds_before_freezing=limit, interval=interval)
    hook.before_train(runner)
    assert bool(seen) == looked


def test_iteration_based_loops(tmp_path):
    data = verified_loader(sampler=dict(type='InfiniteSampler', shuffle=True, seed=0))
    hook_config = cleannet_hook(start_epoch=4, interval=4, by_epoch=False)
    runner = build(
        tmp_path,
        [hook_config],
        train_dataloader=data,
        train_cfg=dict(by_epoch=False, max_iters=10, val_interval=100),
        **QUIET,
    )
    runner.train()
    hook = hook_of(runner, CleanNetHook)
    assert hook.num_rounds == 2
    assert hook.freezes
    assert not runner.model.backbone.layers[0].weight.requires_grad


def test_images_that_do_not_load_keep_weight_1(tmp_path):
    @TRANSFORMS.register_module(force=True)
    class BrokenImages:
        def __call__(self, results):
            return None if results['sample_idx'] in (0, 7) else results

    pipeline = [dict(type='BrokenImages'), dict(type='PackInputs')]
    runner, hook = run(tmp_path, pipeline=pipeline)
    runner.train()
    assert hook.table.weights[[0, 7]].tolist() == [1, 1]
    assert hook.table.scores[[0, 7]].tolist() == [1, 1]


def test_images_that_load_no_more_get_weight_1_again(tmp_path):
    broken = set()

    @TRANSFORMS.register_module(force=True)
    class BreakingImages:
        def __call__(self, results):
            return None if results['sample_idx'] in broken else results

    pipeline = [dict(type='BreakingImages'), dict(type='PackInputs')]
    runner, hook = run(tmp_path, epochs=3, pipeline=pipeline, interval=1, cache_limit=0)
    weights = []
    keep = hook.before_train_epoch

    def before_train_epoch(runner):
        keep(runner)
        weights.append(hook.table.weights.clone())
        if runner.epoch == 1:
            broken.update((1, 7))

    hook.before_train_epoch = before_train_epoch
    runner.train()
    assert (weights[1][[1, 7]] < 1).all()
    assert weights[2][[1, 7]].tolist() == [1, 1]
    assert hook.table.scores[[1, 7]].tolist() == [1, 1]
    assert hook.table.selected[[1, 7]].all()


def test_settings_of_cleannet_are_looked_at_before_the_training(tmp_path):
    runner, _ = run(tmp_path, cleannet=dict(embed_channels='8'))
    with pytest.raises(TypeError):
        runner.call_hook('before_train')


def test_weights_meet_label_smoothing_and_another_hook(tmp_path):
    model = tiny_model(loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1))
    hooks = [cleannet_hook(), cleannet_hook(seed=1)]
    changes = dict(train_dataloader=verified_loader(), **QUIET)
    runner = build(tmp_path, hooks, model, **changes)
    runner.train()
    assert (tmp_path / 'cleaned_labels_CleanNetHook_1.csv').exists()


def test_no_verification_labels(tmp_path):
    runner = build(tmp_path, [cleannet_hook()], **QUIET)
    with pytest.raises(ValueError, match='no sample has one.*VerificationLabels'):
        runner.train()


def test_too_few_verification_labels(tmp_path):
    runner, _ = run(tmp_path, num_folds=7, start_epoch=2)  # 6 wrong ones
    with pytest.raises(
        ValueError, match='30 verification labels, 24 right and 6 wrong'
    ):
        runner.call_hook('before_train')


def test_verification_labels_that_are_none(tmp_path):
    @DATASETS.register_module(force=True)
    class Strange(ToyImages):
        def load_data_list(self):
            return [dict(info, verification=3) for info in super().load_data_list()]

    data = loader(dict(toy(), type='Strange'))
    runner = build(tmp_path, [cleannet_hook()], train_dataloader=data, **QUIET)
    with pytest.raises(ValueError, match='sample 0 has verification=3'):
        runner.call_hook('before_train')


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(held_out_classes=(3,)), "'3' is no class"),
        (dict(held_out_classes=('pink',)), "'pink' is no class"),
        (dict(held_out_classes=(0, 1, 2)), 'hides all verification labels'),
        (dict(held_out_classes=3), 'cannot hold out 3 of 3 classes'),
    ],
)
def test_held_out_classes_that_cannot_be(tmp_path, change, message):
    runner, _ = run(tmp_path, **change)
    with pytest.raises(ValueError, match=message):
        runner.train()


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(weighting='medium'), 'weighting must be one of .*medium'),
        (dict(rounds_before_freezing=-1), 'rounds_before_freezing.*-1'),
        (dict(interval=0), 'interval must be an integer >= 1'),
        (dict(num_folds=1), 'num_folds'),
        (dict(held_out_classes='red'), "held_out_classes must be a list.*'red'"),
        (dict(held_out_classes=-1), 'held_out_classes must be an integer >= 0.*-1'),
        (dict(held_out_classes=True), 'held_out_classes must be an integer.*True'),
    ],
)
def test_bad_settings(change, message):
    config = {**cleannet_hook(), **change}
    config.pop('type')
    with pytest.raises(ValueError, match=message):
        CleanNetHook(**config)


def test_resuming_with_other_verification_labels_is_refused(tmp_path):
    changes = dict(train_dataloader=verified_loader())
    build(tmp_path, [cleannet_hook()], **changes).train()
    changes['train_cfg'] = dict(by_epoch=True, max_epochs=3, val_interval=100)
    runner = build(
        tmp_path, [cleannet_hook(held_out_classes=(1,))], resume=True, **changes
    )
    with pytest.raises(ValueError, match='other verification labels'):
        runner.train()
