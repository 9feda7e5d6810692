"""Stage 1: what is selected, from what, and who is told."""

import json
from pathlib import Path

import pytest
import torch
from mmcv.transforms import BaseTransform
from mmengine.hooks import Hook
from mmpretrain.registry import TRANSFORMS
from toy import (
    NUM_CLASSES,
    PIPELINE,
    build,
    hook_of,
    loader,
    tiny_model,
    toy,
)

from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import fit_noise_model, select_confident
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.methods.two_stage import noise_corrected, two_stage_pictures
from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook

SIZE = 90
GIVEN = torch.tensor([(i % 3 + 1) % 3 if i % 5 == 0 else i % 3 for i in range(SIZE)])
TRUE = torch.arange(SIZE) % 3
QUIET = dict(default_hooks=dict(checkpoint=None))


def selection(**kwargs):
    return dict(type='LabelSelectionHook', **{'start_epoch': 5, **kwargs})


def run(tmp_path, hooks, *watchers, epochs=5, **changes):
    """Five epochs on 90 images, of which every fifth has a wrong label."""
    settings = dict(
        train_dataloader=loader(toy(num_samples=SIZE)),
        train_cfg=dict(by_epoch=True, max_epochs=epochs, val_interval=100),
        **QUIET,
    )
    runner = build(tmp_path, hooks, **{**settings, **changes})
    for watcher in watchers:
        runner.register_hook(watcher, priority='VERY_HIGH')
    runner.train()
    return runner


class Predictions(Hook):
    """What the network says before an epoch, without the package's walk."""

    def __init__(self, epoch):
        self.epoch = epoch

    def before_train_epoch(self, runner):
        if runner.epoch + 1 == self.epoch:
            dataset = runner.train_dataloader.dataset
            images = torch.stack([dataset[i]['inputs'] for i in range(len(dataset))])
            model = runner.model.eval()
            with torch.no_grad():
                inputs = model.data_preprocessor(dict(inputs=images))['inputs']
                self.probs = model(inputs).softmax(1)
            model.train()


class Batches(Hook):
    """The rows and targets of each batch after all hooks."""

    def __init__(self):
        self.seen = []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        for sample in data_batch['data_samples']:
            target = sample.gt_score.clone() if 'gt_score' in sample else None
            self.seen.append((runner.epoch + 1, sample.sample_idx, target))


@pytest.mark.parametrize(('threshold', 'least'), [(0.6, 0.1), (0.99, 0.5)])
def test_selects_what_the_function_does_on_the_networks_predictions(
    tmp_path, threshold, least
):
    watcher = Predictions(5)
    hook = selection(threshold=threshold, min_fraction=least)
    runner = run(tmp_path, [hook], watcher)
    table = hook_of(runner, LabelSelectionHook).table
    want = select_confident(watcher.probs, GIVEN, threshold, least)
    assert torch.equal(table.selected, want)
    assert 0 < int(want.sum()) < SIZE
    assert torch.equal(table.weights, want.float())
    own = watcher.probs.gather(1, GIVEN[:, None])[:, 0]
    torch.testing.assert_close(table.scores, own)
    predicted = watcher.probs.argmax(1)
    assert torch.equal(
        table.suggested_labels.long(), torch.where(want, GIVEN, predicted)
    )


def test_corrected_confidence_is_the_posterior_of_the_label(tmp_path):
    watcher = Predictions(5)
    runner = run(tmp_path, [selection(confidence='corrected')], watcher)
    table = hook_of(runner, LabelSelectionHook).table
    scores = watcher.probs.log()
    posterior = fit_noise_model(scores, GIVEN).posterior(scores, GIVEN)
    own = posterior.gather(1, GIVEN[:, None])[:, 0].float()
    torch.testing.assert_close(table.scores, own, atol=1e-3, rtol=0)
    plain = select_confident(watcher.probs, GIVEN, 0.9, 0.1)
    assert int(table.selected.sum()) > int(plain.sum())
    assert float((GIVEN == TRUE)[table.selected].double().mean()) > 0.95


def test_all_are_judged_where_the_noise_is_found_in_some(tmp_path, monkeypatch):
    monkeypatch.setattr(noise_corrected, 'MOST_JUDGES', 60)
    runner = run(tmp_path, [selection(confidence='corrected')])
    table = hook_of(runner, LabelSelectionHook).table
    assert (table.scores > 0).all()
    assert int(table.selected.sum()) > 62


def test_ignored_samples_have_the_target_zero_from_the_start_epoch_on(tmp_path):
    watcher = Batches()
    runner = run(tmp_path, [selection(threshold=0.5)], watcher)
    selected = hook_of(runner, LabelSelectionHook).table.selected
    assert {epoch for epoch, _, _ in watcher.seen} == {1, 2, 3, 4, 5}
    for epoch, row, target in watcher.seen:
        if epoch < 5:
            assert target is None
        else:
            want = torch.eye(NUM_CLASSES)[GIVEN[row]] * selected[row]
            assert torch.equal(target, want)


def test_right_labels_are_kept_and_the_shares_are_logged(tmp_path):
    runner = run(tmp_path, [selection(threshold=0.5)])
    selected = hook_of(runner, LabelSelectionHook).table.selected
    right = GIVEN == TRUE
    assert float(right[selected].double().mean()) > 0.95
    assert int((selected & right).sum()) > 60
    lines = (next(tmp_path.glob('*/vis_data/scalars.json'))).read_text().splitlines()
    logged = next(r for r in map(json.loads, lines) if 'labelselection/selected' in r)
    shares = {
        'selected': selected,
        'kept_right': selected & right,
        'kept_wrong': selected & ~right,
        'unlabelled': ~selected,
    }
    for key, mask in shares.items():
        assert logged[f'labelselection/{key}'] == pytest.approx(
            mask.double().mean().item()
        )
    counts = [logged[f'labelselection/class_{c}'] for c in range(3)]
    assert counts == GIVEN[selected].bincount(minlength=3).tolist()
    file = read_label_file(tmp_path / 'cleaned_labels.csv')
    assert file.selected.tolist() == selected.tolist()
    differs = torch.from_numpy(file.suggested_labels != file.given_labels)
    assert not (differs & selected).any()  # what only lacks confidence is kept
    assert (file.recommended == 'drop').tolist() == differs.tolist()


def test_selects_once_or_every_interval(tmp_path):
    calls = []
    for interval, epochs in ((None, [2]), (2, [2, 4])):
        calls.clear()
        runner = build(
            tmp_path / str(interval),
            [selection(start_epoch=2, interval=interval, threshold=0.0)],
            train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=100),
            **QUIET,
        )
        hook = hook_of(runner, LabelSelectionHook)
        keep = hook.estimate
        hook.estimate = lambda r, keep=keep: (calls.append(r.epoch + 1), keep(r))
        runner.train()
        assert calls == epochs


def test_iteration_based_loop(tmp_path):
    watcher = Batches()
    run(
        tmp_path,
        [selection(start_epoch=41, by_epoch=False)],
        watcher,
        train_cfg=dict(by_epoch=False, max_iters=44, val_interval=100),
        train_dataloader=loader(
            toy(num_samples=SIZE), sampler=dict(type='InfiniteSampler', shuffle=True)
        ),
    )
    targets = [target for _, _, target in watcher.seen]
    assert all(target is None for target in targets[: 40 * 8])
    assert all(target is not None for target in targets[40 * 8 :])
    assert any(target.sum() == 0 for target in targets[40 * 8 :])


def test_the_sampler_follows_the_selection(tmp_path):
    watcher = Batches()
    runner = run(
        tmp_path,
        [selection(min_fraction=0.2, threshold=1.0)],
        watcher,
        train_dataloader=loader(
            toy(num_samples=SIZE), sampler=dict(type='LabeledUnlabeledSampler')
        ),
    )
    selected = hook_of(runner, LabelSelectionHook).table.selected
    rows = [row for epoch, row, _ in watcher.seen if epoch == 5]
    assert runner.max_iters == runner.iter  # the log's time left was right
    assert len(rows) == 2 * int(selected.sum())
    assert int(selected[rows].sum()) == int(selected.sum())
    for start in range(0, len(rows), 8):
        batch = rows[start : start + 8]
        assert int(selected[batch].sum()) == len(batch) // 2


@pytest.mark.parametrize('balanced', [True, False])
def test_gradients_are_accumulated_over_epochs_of_another_length(tmp_path, balanced):
    watcher = Batches()
    sampler = dict(type='LabeledUnlabeledSampler', balance_classes=balanced)
    optimizer = dict(type='SGD', lr=0.05)
    runner = run(
        tmp_path,
        [selection(min_fraction=0.2, threshold=1.0)],
        watcher,
        train_dataloader=loader(toy(num_samples=SIZE), sampler=sampler),
        optim_wrapper=dict(optimizer=optimizer, accumulative_counts=3),
    )
    assert runner.optim_wrapper._max_counts == runner.iter
    # the last step was made, and its gradients are gone
    gradients = [parameter.grad for parameter in runner.model.parameters()]
    assert all(grad is None or not grad.any() for grad in gradients)


def test_keep_labels_looks_only(tmp_path):
    watcher = Batches()
    runner = run(
        tmp_path,
        [selection(threshold=0.9, keep_labels=True)],
        watcher,
        train_dataloader=loader(
            toy(num_samples=SIZE), sampler=dict(type='LabeledUnlabeledSampler')
        ),
    )
    table = hook_of(runner, LabelSelectionHook).table
    assert not table.selected.all()
    assert table.weights.tolist() == [1.0] * SIZE
    last = [(row, target) for epoch, row, target in watcher.seen if epoch == 5]
    assert sorted(row for row, _ in last) == list(range(SIZE))
    assert all(torch.equal(t, torch.eye(3)[GIVEN[row]]) for row, t in last)


def test_verification_labels_have_the_last_word(tmp_path):
    data = loader(toy(num_samples=SIZE, verified=True))
    runner = run(tmp_path, [selection(threshold=0.99)], train_dataloader=data)
    selected = hook_of(runner, LabelSelectionHook).table.selected
    verified = torch.arange(SIZE) % 2 == 1
    assert torch.equal(selected[verified], (GIVEN == TRUE)[verified])


def test_images_with_clean_labels_are_labelled_data_of_stage_2(tmp_path):
    data = dict(type='CleanLabels', dataset=toy(num_samples=SIZE), fraction=0.2)
    hook = selection(threshold=1.0, min_fraction=0.0)
    runner = run(tmp_path, [hook], train_dataloader=loader(data))
    hook = hook_of(runner, LabelSelectionHook)
    clean = torch.from_numpy(hook.training_set.columns.clean_labels >= 0)
    assert int(clean.sum()) == 18
    selected = hook.table.selected
    assert selected[clean].all()
    assert torch.equal(hook.table.given_labels[clean].long(), TRUE[clean])


def test_pictures(tmp_path, monkeypatch):
    shown = {}

    def plot(path, names, kept, ignored, titles):
        shown.update(names=names, kept=kept, ignored=ignored, titles=titles)
        return str(path)

    monkeypatch.setattr(two_stage_pictures, 'plot_weighted_images', plot)
    runner = run(tmp_path, [selection(threshold=0.5)])
    hook = hook_of(runner, LabelSelectionHook)
    paths = [Path(path).name for path in hook.draw(runner, tmp_path)]
    assert paths[:2] == ['label_confusion.png', 'kept_labels.png']
    assert (tmp_path / 'label_confusion.png').stat().st_size > 1000
    assert len(shown['kept']) == len(shown['names']) == NUM_CLASSES
    rows = (hook.table.selected & (GIVEN == 0)).nonzero().flatten()
    first = hook.training_set.dataset.get_data_info(int(rows[0]))['img']
    assert (shown['kept'][0][0].image == first).all()
    assert shown['kept'][0][0].weight == float(hook.table.scores[rows[0]])
    assert shown['kept'][0][0].right == bool((GIVEN == TRUE)[rows[0]])
    assert sum(not each.right for row in shown['ignored'] for each in row) > 5


# A clean set ------------------------------------------------------------------------


def true_toy(size, seed):
    """Toy images with their true labels, by a label file over the wrong ones."""
    return dict(type='CleanToy', num_samples=size, seed=seed, pipeline=PIPELINE)


@pytest.fixture(autouse=True)
def clean_toy():
    from mmpretrain.registry import DATASETS
    from toy import ToyImages

    @DATASETS.register_module(force=True)
    class CleanToy(ToyImages):
        """The toy images with their true labels; some classes may be left out."""

        def __init__(self, without=(), **kwargs):
            self.without = without
            super().__init__(**kwargs)

        def load_data_list(self):
            infos = super().load_data_list()
            infos = [dict(i, gt_label=i['true_label']) for i in infos]
            return [i for i in infos if i['gt_label'] not in self.without]


def swapped_training_set():
    """0.6 of the red images are called green, and the other way round."""
    return dict(
        type='NoisyLabels',
        dataset=dict(type='CleanToy', num_samples=SIZE, pipeline=PIPELINE),
        noise=dict(type='asymmetric', pairs={0: 1, 1: 0}, rate=0.6),
    )


def test_a_clean_set_finds_the_right_labels_where_the_network_cannot(tmp_path):
    kept_right = {}
    for name, clean in (('alone', None), ('clean', true_toy(30, seed=5))):
        runner = run(
            tmp_path / name,
            [selection(clean_dataset=clean, min_fraction=0.3)],
            train_dataloader=loader(swapped_training_set()),
        )
        hook = hook_of(runner, LabelSelectionHook)
        right = hook.table.given_labels == hook.training_set.true_labels
        mixed = hook.training_set.true_labels < 2
        assert float(right[mixed].double().mean()) == pytest.approx(0.4, abs=0.1)
        selected = hook.table.selected
        kept_right[name] = float(right[selected & mixed].double().mean())
        if clean is not None:
            assert torch.equal(selected, right)
            suggested = hook.table.suggested_labels
            assert torch.equal(suggested.long(), hook.training_set.true_labels)
            assert (hook.table.scores[right] >= 0.5).all()
            assert (hook.table.scores[~right] < 0.5).all()
    assert kept_right['alone'] < 0.2  # it has learnt the swap
    assert kept_right['clean'] == 1.0


# Another method's scores ------------------------------------------------------------


def smp(**kwargs):
    settings = dict(start_epoch=5, alpha=0.0, num_prototypes=2, holdout_fraction=0.0)
    return dict(type='SMPHook', candidate_fraction=0.3, **{**settings, **kwargs})


def test_scores_of_another_hook(tmp_path):
    watcher = Batches()
    hooks = [smp(), selection(scores_from='SMPHook', threshold=0.5, min_fraction=0)]
    runner = run(tmp_path, hooks, watcher)
    scores = hook_of(runner, SMPHook).table.scores
    table = hook_of(runner, LabelSelectionHook).table
    assert torch.equal(table.selected, scores >= 0.5)
    assert torch.equal(table.scores, scores)
    right = GIVEN == TRUE
    assert float(right[table.selected].double().mean()) > 0.95
    masses = {row: float(t.sum()) for epoch, row, t in watcher.seen if epoch == 5}
    assert all(masses[row] == float(table.selected[row]) for row in range(SIZE))


def test_scores_that_do_not_exist_yet(tmp_path):
    hooks = [smp(start_epoch=2), selection(start_epoch=1, scores_from='SMPHook')]
    with pytest.raises(RuntimeError, match='SMPHook has no scores yet'):
        run(tmp_path, hooks, epochs=2)


# Validation -------------------------------------------------------------------------


def test_the_refined_validation_counts_the_confirmed_samples_only(
    tmp_path, monkeypatch
):
    results, walks, walk_over = [], [], LabelSelectionHook.walk_over

    def watched(*args, **settings):
        walks.append(walk_over(*args, **settings))
        return walks[-1]

    monkeypatch.setattr(LabelSelectionHook, 'walk_over', watched)

    class Results(Hook):
        def after_val_epoch(self, runner, metrics):
            results.append(metrics)

    noisy = loader(
        toy(num_samples=60, seed=3, test_mode=True),
        sampler=dict(type='DefaultSampler', shuffle=False),
        batch_size=20,
    )
    runner = run(
        tmp_path,
        [selection(threshold=0.5, refine_validation=True)],
        Results(),
        val_dataloader=noisy,
        val_evaluator=[dict(type='Accuracy'), dict(type='SelectedAccuracy')],
        train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=1),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.05, momentum=0.9)),
    )
    for metrics in results[:4]:
        assert metrics['selected/top1'] == metrics['accuracy/top1']
    assert 70 < results[4]['accuracy/top1'] < 85  # every fifth label is wrong
    assert results[4]['selected/top1'] > 99
    hook = hook_of(runner, LabelSelectionHook)
    true = torch.arange(60) % 3
    right = hook.validation.samples.given_labels == true
    assert right[hook.validation.mask].all()
    state = hook.state_dict()['validation']
    assert torch.equal(state['mask'], hook.validation.mask)
    assert [(walk.batch_size, walk.num_workers) for walk in walks] == [(20, 0)]


@TRANSFORMS.register_module()
class LoseEvery(BaseTransform):
    """Gives up on every ``step``-th image."""

    def __init__(self, step):
        self.step = step

    def transform(self, results):
        return None if results['sample_idx'] % self.step == 0 else results


# What cannot work -------------------------------------------------------------------


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(threshold=1.2), r'threshold must lie in \[0, 1\], got 1\.2'),
        (dict(confidence='sure'), 'confidence must be one of'),
        (dict(min_fraction=-1), r'min_fraction must lie in \[0, 1\]'),
        (dict(start_epoch=0), 'start_epoch must be an integer >= 1'),
        (dict(interval=0), 'interval must be an integer >= 1'),
        (dict(clean_dataset=toy(), scores_from='SMPHook'), 'not both'),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        LabelSelectionHook(**settings)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(scores_from='SINetHook'), "scores_from='SINetHook' is no other hook"),
        (dict(scores_from='LabelSelectionHook'), 'is no other hook'),
        (dict(refine_validation=True), 'needs a metric that follows it'),
        (
            dict(clean_dataset=dict(true_toy(9, 0), without=[2])),
            r'no image of the classes \[2\]',
        ),
        (dict(clean_dataset=dict(true_toy(3, 0), type='ToyImages')), r'\[0\]'),
    ],
)
def test_set_ups_that_cannot_work_fail_at_the_start(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        run(tmp_path, [selection(**settings)], epochs=1)


def test_refined_validation_without_validation(tmp_path):
    with pytest.raises(ValueError, match='the config has no validation'):
        run(
            tmp_path,
            [selection(refine_validation=True, pipeline=PIPELINE)],
            val_dataloader=None,
            val_evaluator=None,
            val_cfg=None,
        )


def test_a_diverged_network_is_named(tmp_path):
    class Diverge(Hook):
        def before_train_epoch(self, runner):
            runner.model.head.fc.weight.data.fill_(float('nan'))

    with pytest.raises(RuntimeError, match='sample 0 is not finite: .* diverged'):
        run(tmp_path, [selection(start_epoch=1)], Diverge(), epochs=1)


def test_a_diverged_network_is_named_before_the_clean_set_is_learnt(tmp_path):
    class Diverge(Hook):
        def before_train_epoch(self, runner):
            runner.model.backbone.layers[1].weight.data.fill_(float('nan'))

    hook = selection(start_epoch=1, clean_dataset=true_toy(30, seed=5))
    with pytest.raises(RuntimeError, match='sample 0 is not finite: .* diverged'):
        run(tmp_path, [hook], Diverge(), epochs=1)


def test_an_image_that_does_not_load_keeps_no_label(tmp_path):
    pipeline = [dict(type='LoseEvery', step=7), *PIPELINE]
    hook = selection(min_fraction=1.0, pipeline=pipeline)
    runner = run(tmp_path, [hook])
    table = hook_of(runner, LabelSelectionHook).table
    lost = torch.arange(SIZE) % 7 == 0
    assert not table.selected[lost].any()
    assert table.selected[~lost].any()


def test_a_class_whose_clean_images_do_not_load_is_named(tmp_path):
    hook = selection(
        start_epoch=1,
        clean_dataset=true_toy(30, seed=5),
        pipeline=[dict(type='LoseEvery', step=3), *PIPELINE],  # class 0
    )
    with pytest.raises(ValueError, match=r'no image of the classes \[0\]'):
        run(tmp_path, [hook], epochs=1)


@pytest.mark.parametrize('start', [1, 2])
def test_selecting_with_an_untrained_network_is_told(tmp_path, start):
    run(tmp_path, [selection(start_epoch=start)], epochs=start)
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert ('nothing was loaded' in log) == (start == 1)


class Started(Hook):
    """Fails the test if an iteration begins."""

    def before_train_iter(self, *args, **kwargs):
        raise AssertionError('the training has begun')


def test_a_sampler_of_another_length_is_refused_at_the_start(tmp_path):
    repeated = dict(type='RepeatDataset', times=2, dataset=toy(num_samples=SIZE))
    data = loader(repeated, sampler=dict(type='LabeledUnlabeledSampler'))
    with pytest.raises(ValueError, match='RepeatDataset and the like'):
        run(tmp_path, [selection()], Started(), train_dataloader=data)


def test_epochs_without_a_batch_are_refused(tmp_path):
    data = loader(
        toy(num_samples=SIZE),
        batch_size=64,
        drop_last=True,
        sampler=dict(type='LabeledUnlabeledSampler'),
    )
    hook = selection(threshold=1.0, min_fraction=0.1)
    with pytest.raises(RuntimeError, match='labelled samples do not fill a batch'):
        run(tmp_path, [hook], train_dataloader=data)


def test_no_label_selected(tmp_path):
    class Disagree(Hook):
        """Makes the network predict a class that no sample is labelled with."""

        def before_train_epoch(self, runner):
            runner.model.head.fc.bias.data += torch.tensor([0.0, 0.0, 0.0, 1e3])

    model = tiny_model(num_classes=4)
    model['data_preprocessor']['num_classes'] = 4
    with pytest.raises(RuntimeError, match='no label was selected'):
        run(tmp_path, [selection(start_epoch=1)], Disagree(), epochs=1, model=model)


def test_classes_without_a_kept_label_are_named(tmp_path):
    class Favour(Hook):
        def before_train_epoch(self, runner):
            runner.model.head.fc.bias.data += torch.tensor([1e3, 0.0, 0.0])

    run(tmp_path, [selection(start_epoch=1)], Favour(), epochs=1)
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert 'no label of the classes [1, 2] was kept' in log
