"""T estimated in a run, and what the corrected loss makes of it."""

from copy import deepcopy

import pytest
import torch
from digits_run import network, train_digits
from mmengine.dataset import pseudo_collate
from mmengine.hooks import Hook
from mmengine.runner import CheckpointLoader
from toy import NUM_CLASSES, NUM_SAMPLES, build, hook_of, loader, tiny_model, toy

from nl_plugins.functional import anchor_transition, label_confusion, symmetric_noise
from nl_plugins.methods.loss_correction.transition_hook import TransitionHook

FORWARD = dict(type='ForwardCorrectedLoss', num_classes=NUM_CLASSES)
HOOK = dict(type='TransitionHook', start_epoch=2)


def run(folder, hook=None, **changes):
    model = tiny_model(loss=FORWARD)
    settings = dict(model=model, train_cfg=dict(by_epoch=True, max_epochs=3))
    return build(folder, [dict(HOOK, **(hook or {}))], **{**settings, **changes})


def test_anchors_of_the_walk_are_written_into_the_loss(tmp_path):
    runner = run(tmp_path, dict(start_epoch=3))
    hook, loss = hook_of(runner, TransitionHook), runner.model.head.loss_module
    seen = {}
    estimate = hook.estimate

    def watched(runner):
        seen['before'] = loss.transition.clone()
        walked = hook.walk.collect(runner.model, lambda batch: dict(probs=batch.probs))
        seen['want'] = anchor_transition(walked['probs'])
        estimate(runner)

    hook.estimate = watched
    runner.train()
    assert torch.equal(seen['before'], torch.eye(NUM_CLASSES))
    torch.testing.assert_close(
        loss.transition.double(), seen['want'], rtol=0, atol=1e-6
    )
    saved = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_3.pth'), 'cpu')
    kept = saved['nl_plugins']['TransitionHook']['transition']
    assert torch.equal(kept, seen['want'])
    assert 'head.loss_module.transition' not in saved['state_dict']


def test_later_estimates_are_made_of_predictions_of_noisy_labels(tmp_path):
    """Under the corrected loss the network predicts true ones; times T, noisy ones."""
    runner = run(tmp_path, dict(start_epoch=2, interval=1))
    hook, found = hook_of(runner, TransitionHook), [torch.eye(NUM_CLASSES).double()]
    estimate = hook.estimate

    def watched(runner):
        walked = hook.walk.collect(runner.model, lambda batch: dict(probs=batch.probs))
        noisy = torch.zeros_like(walked['probs'])
        for row, probs in enumerate(walked['probs']):
            for true in range(NUM_CLASSES):
                noisy[row] += probs[true] * found[-1][true].float()
        estimate(runner)
        found.append(hook.transition)
        want = anchor_transition(noisy)
        torch.testing.assert_close(hook.transition, want, rtol=0, atol=1e-5)

    hook.estimate = watched
    runner.train()
    assert len(found) == 3
    assert not torch.allclose(found[1], found[0])


def test_a_second_network_learns_from_scratch_with_the_t_of_the_first(tmp_path):
    epochs = dict(by_epoch=True, max_epochs=3)
    first = build(tmp_path / 'a', [], tiny_model(), train_cfg=epochs)
    first.train()
    path = tmp_path / 'a' / 'epoch_3.pth'
    scratch = dict(start_epoch=1, checkpoint=str(path))
    second = run(tmp_path / 'b', scratch, randomness=dict(seed=7))
    seen = {}

    class Look(Hook):
        def before_train(self, runner):
            seen['fresh'] = deepcopy(runner.model.state_dict())

        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if runner.iter == 0:
                seen['weights'] = deepcopy(runner.model.state_dict())
                seen['transition'] = runner.model.head.loss_module.transition.clone()

    second.register_hook(Look(), 'HIGHEST')
    second.train()
    first.model.eval()
    probs = []
    for sample in (first.train_dataloader.dataset[i] for i in range(NUM_SAMPLES)):
        data = first.model.data_preprocessor(pseudo_collate([sample]))
        with torch.no_grad():
            probs.append(first.model(data['inputs']).softmax(1)[0].double())
    want = []
    for label in range(NUM_CLASSES):
        anchor = max(probs, key=lambda p: p[label])
        want.append(anchor / anchor.sum())
    torch.testing.assert_close(
        seen['transition'].double(), torch.stack(want), rtol=0, atol=1e-5
    )
    for name, value in seen['fresh'].items():
        assert torch.equal(seen['weights'][name], value)
    other = first.model.state_dict()['head.fc.weight']
    assert not torch.equal(seen['weights']['head.fc.weight'], other)
    path.unlink()
    longer = dict(train_cfg=dict(by_epoch=True, max_epochs=4), resume=True)
    resumed = run(tmp_path / 'b', scratch, **longer)
    resumed.train()
    assert torch.equal(resumed.model.head.loss_module.transition, seen['transition'])
    with pytest.raises(FileNotFoundError, match='checkpoint of TransitionHook'):
        run(tmp_path / 'c', scratch).train()


def test_the_run_before_is_that_of_cross_entropy(tmp_path):
    corrected = run(tmp_path / 'a', dict(start_epoch=9))
    corrected.train()
    epochs = dict(by_epoch=True, max_epochs=3)
    plain = build(tmp_path / 'b', [], tiny_model(), train_cfg=epochs)
    plain.train()
    for name, value in plain.model.state_dict().items():
        got = corrected.model.state_dict()[name]
        torch.testing.assert_close(got, value, rtol=0, atol=1e-4)


def test_known_labels_are_counted(tmp_path):
    runner = run(
        tmp_path,
        dict(source='known', prior=0.0),
        train_dataloader=loader(toy(verified=True)),
    )
    hook = hook_of(runner, TransitionHook)
    runner.train()
    samples = hook.training_set
    others = hook.walk.collect(runner.model, lambda batch: dict(probs=batch.probs))[
        'probs'
    ]
    pairs = []
    for row, outcome in enumerate(samples.verification.tolist()):
        given = int(samples.given_labels[row])
        if outcome == 1:
            pairs.append((given, given))
        elif outcome == 0:
            classes = [k for k in range(NUM_CLASSES) if k != given]
            pairs.append((max(classes, key=lambda k: others[row, k]), given))
    true, noisy = torch.tensor(pairs).T
    assert (true != noisy).any()
    hook.estimate(runner)
    want = label_confusion(true, noisy, NUM_CLASSES, prior=0.0).T
    torch.testing.assert_close(hook.transition, want)


def test_finds_the_planted_noise_of_the_digits_and_gains(tmp_path):
    forward = network(loss=dict(type='ForwardCorrectedLoss', num_classes=10))
    noise = dict(type='asymmetric', pairs={2: 7, 3: 8, 5: 6, 6: 5, 7: 1}, rate=0.45)
    hook = dict(HOOK, start_epoch=4, quantile=0.97)
    runner, corrected = train_digits(tmp_path / 'a', [hook], forward, noise=noise)
    plain = train_digits(tmp_path / 'b', noise=noise)[1]
    found = hook_of(runner, TransitionHook).transition
    truth = torch.eye(10).double()
    for true, noisy in noise['pairs'].items():
        truth[true, [true, noisy]] = torch.tensor([0.55, 0.45]).double()
    assert (found - truth).abs().mean() < 0.03
    assert corrected > plain + 2


def test_labels_after_correction_are_counted(tmp_path):
    runner = run(tmp_path)
    runner.train()
    hook = hook_of(runner, TransitionHook)
    swap = torch.tensor([[0.2, 0.8, 0.0], [0.8, 0.2, 0.0], [0.0, 0.0, 1.0]]).double()
    known = torch.zeros(30, dtype=torch.bool)
    known[:10] = True
    got = hook._against_the_truth(swap, known)
    true = hook.training_set.true_labels[:10].tolist()
    given = hook.training_set.given_labels[:10].tolist()
    right = sum({0: 1, 1: 0, 2: 2}[y] == t for y, t in zip(given, true)) / 10
    assert got['argmax_right'] == got['sampled_right'] == right
    counts = [
        [sum(g == j and t == i for g, t in zip(given, true)) for j in range(3)]
        for i in range(3)
    ]
    truth = torch.tensor([[c / sum(row) for c in row] for row in counts]).double()
    assert abs(got['error'] - float((swap - truth).abs().mean())) < 1e-6
    assert 'argmax_right' not in hook._against_the_truth(
        torch.full((3, 3), 1 / 3).double(), known
    )


def test_clean_labels_of_some_digits_give_the_noise(tmp_path):
    def some_clean(dataset):
        return dict(type='CleanLabels', dataset=dataset, fraction=0.3, seed=0)

    forward = network(loss=dict(type='ForwardCorrectedLoss', num_classes=10))
    hook = dict(HOOK, start_epoch=1, source='known')
    runner, _ = train_digits(tmp_path, [hook], forward, epochs=1, wrap=some_clean)
    found = hook_of(runner, TransitionHook).transition
    assert (found - symmetric_noise(10, 0.5)).abs().mean() < 0.03


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(source='guess'), "source must be one of .*but is 'guess'"),
        (dict(quantile=0), 'quantile must lie'),
        (dict(prior=2), 'prior must lie'),
        (dict(online=True), 'use `online=False`'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        TransitionHook(start_epoch=3, **settings)


def test_what_is_missing_is_said_at_the_start(tmp_path):
    plain = build(tmp_path / 'a', [HOOK])
    with pytest.raises(ValueError, match='no loss to correct: .*ForwardCorrectedLoss'):
        plain.train()
    nothing = run(tmp_path / 'b', dict(source='known'))
    with pytest.raises(ValueError, match='no sample .* clean or a verification label'):
        nothing.train()
