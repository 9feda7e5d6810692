"""Label smoothing towards a model's predictions, alone and with other hooks."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from toy import NUM_CLASSES, build, hook_of, loader, tiny_model, toy

from nl_plugins.methods.sinet.sinet_hook import SINetHook
from nl_plugins.methods.sinet.topk_smoothing_hook import TopKSmoothingHook
from nl_plugins.methods.smp.smp_hook import SMPHook

QUIET = dict(default_hooks=dict(checkpoint=None))


def smoothing(**kwargs):
    return dict(type='TopKSmoothingHook', **{'topk': 2, 'epsilon': 0.3, **kwargs})


def predicted(runner):
    """(N, K) probabilities of the model on all images, one by one."""
    runner.model.eval()
    dataset = runner.val_dataloader.dataset
    probs = []
    for i in range(len(dataset)):
        data = dict(inputs=[dataset[i]['inputs']], data_samples=None)
        inputs = runner.model.data_preprocessor(data)['inputs']
        with torch.no_grad():
            probs.append(runner.model(inputs, mode='tensor').softmax(1)[0])
    return torch.stack(probs)


def expected_targets(probs, given, topk, epsilon):
    """Loops from §3.4."""
    targets = torch.zeros(len(given), NUM_CLASSES)
    for i, label in enumerate(given.tolist()):
        best = sorted(range(NUM_CLASSES), key=lambda c: -probs[i, c])[:topk]
        total = sum(float(probs[i, c]) for c in best)
        targets[i, label] += 1 - epsilon
        for c in best:
            targets[i, c] += epsilon * float(probs[i, c]) / total
    return targets


def test_targets_come_from_the_model_of_the_checkpoint(tmp_path):
    first = build(tmp_path / 'first', [])
    first.train()
    probs = predicted(first)
    checkpoint = str(tmp_path / 'first' / 'epoch_2.pth')
    other = dict(randomness=dict(seed=7), **QUIET)
    runner = build(tmp_path / 'b', [smoothing(checkpoint=checkpoint)], **other)
    before = {k: v.clone() for k, v in runner.model.state_dict().items()}
    runner.call_hook('before_train')
    hook = hook_of(runner, TopKSmoothingHook)
    hook.estimate(runner)
    after = runner.model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    rows = torch.arange(len(hook.table))
    given = hook.table.given_labels.long()
    onehot = F.one_hot(given, NUM_CLASSES).float()
    expected = expected_targets(probs, given, 2, 0.3)
    assert torch.allclose(hook.transform(onehot, rows), expected, atol=1e-3)
    assert torch.equal(hook.table.suggested_labels.long(), probs.argmax(1))
    own = probs.gather(1, given[:, None])[:, 0]
    assert torch.allclose(hook.table.scores, own, atol=1e-4)


def test_ties_go_to_the_lower_class():
    hook = TopKSmoothingHook(topk=2)
    hook.table = SimpleNamespace(given_labels=torch.zeros(2, dtype=torch.int32))
    probs = torch.tensor([[0.1, 0.3, 0.3, 0.3], [0.25, 0.25, 0.25, 0.25]])
    found = hook._highest(SimpleNamespace(rows=torch.arange(2), probs=probs))
    assert found['classes'].tolist() == [[1, 2], [0, 1]]
    assert found['shares'].tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_predicts_once_with_the_present_network(tmp_path):
    seen = []

    class Counting(TopKSmoothingHook):
        def estimate(self, runner):
            seen.append(runner.epoch)
            super().estimate(runner)

    runner = build(
        tmp_path,
        [],
        train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=100),
        **QUIET,
    )
    runner.register_hook(Counting(topk=2, start_epoch=3))
    runner.train()
    assert seen == [2]


def test_a_diverged_network_is_named(tmp_path):
    runner = build(tmp_path, [smoothing()], **QUIET)
    runner.train()
    torch.nn.init.constant_(runner.model.head.fc.bias, float('nan'))
    with pytest.raises(RuntimeError, match='sample 0 is not finite: .* diverged'):
        hook_of(runner, TopKSmoothingHook).estimate(runner)


def test_a_missing_checkpoint_is_found_at_the_start(tmp_path):
    hook = smoothing(checkpoint=str(tmp_path / 'none.pth'), start_epoch=2)
    runner = build(tmp_path, [hook], **QUIET)
    with pytest.raises(FileNotFoundError, match=r'TopKSmoothingHook.*none\.pth'):
        runner.train()
    assert runner.epoch == 0


def test_weights_and_missing_targets_stay(tmp_path):
    runner = build(tmp_path, [smoothing()], **QUIET)
    runner.train()
    hook = hook_of(runner, TopKSmoothingHook)
    targets = torch.tensor([[0.5, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    hook.shares[2] = 0  # an image that did not load
    smoothed = hook.transform(targets, torch.tensor([0, 1, 2]))
    assert torch.allclose(smoothed.sum(1), torch.tensor([0.5, 0.0, 1.0]), atol=1e-3)
    assert smoothed[0, 0] < 0.5
    assert smoothed[2].tolist() == [0, 1, 0]


def test_smoothing_then_weights_then_corrected_labels(tmp_path):
    hooks = [
        smoothing(start_epoch=2),
        dict(type='SINetHook', graph=dict(type='tree', parents={}), start_epoch=2),
        dict(type='SMPHook', start_epoch=2, alpha=0.4, num_prototypes=2),
    ]
    hooks[2]['holdout_fraction'] = 0
    runner = build(tmp_path, hooks)
    runner.train()
    smooth, weight, correct = (
        hook_of(runner, kind) for kind in (TopKSmoothingHook, SINetHook, SMPHook)
    )
    batch = next(iter(runner.train_dataloader))
    rows = torch.tensor([sample.sample_idx for sample in batch['data_samples']])
    for hook in runner.hooks:
        if hook in (smooth, weight, correct):
            hook.supervise(batch)
    samples = runner.model.data_preprocessor(batch, True)['data_samples']
    got = torch.stack([sample.gt_score for sample in samples])
    given = F.one_hot(smooth.table.given_labels.long(), NUM_CLASSES).float()
    smoothed = smooth.transform(given, torch.arange(len(given)))
    corrected = F.one_hot(correct.table.suggested_labels.long(), NUM_CLASSES)
    expected = 0.6 * weight.table.weights[:, None] * smoothed + 0.4 * corrected
    assert torch.allclose(got, expected[rows], atol=1e-6)
    assert (smoothed > 0).sum() > len(given)


def test_resumed_run_is_the_uninterrupted_one(tmp_path):
    def run(folder, epochs, **changes):
        train = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
        runner = build(folder, [smoothing(start_epoch=2)], train_cfg=train, **changes)
        runner.train()
        return runner

    whole = run(tmp_path / 'whole', 4)
    run(tmp_path / 'part', 3)
    resumed = run(tmp_path / 'part', 4, resume=True)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], value), name
    got, want = (hook_of(r, TopKSmoothingHook).state_dict() for r in (resumed, whole))
    assert torch.equal(got['classes'], want['classes'])
    assert torch.equal(got['shares'], want['shares'])
    assert torch.equal(got['table']['scores'], want['table']['scores'])
    train = dict(by_epoch=True, max_epochs=5, val_interval=100)
    other = build(tmp_path / 'part', [smoothing(topk=3)], train_cfg=train, resume=True)
    with pytest.raises(ValueError, match='resume with topk=2'):
        other.train()


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    build(tmp_path / 'first', []).train()
    model = tiny_model(num_classes=4)
    model['data_preprocessor']['num_classes'] = 4
    checkpoint = str(tmp_path / 'first' / 'epoch_2.pth')
    hook = smoothing(checkpoint=checkpoint, start_epoch=2)
    runner = build(tmp_path / 'b', [hook], model, **QUIET)
    with pytest.raises(RuntimeError, match='size mismatch'):
        runner.train()
    assert runner.iter == 0
    names = toy(metainfo=dict(classes=['green', 'red', 'blue']))
    runner = build(tmp_path / 'c', [hook], train_dataloader=loader(names), **QUIET)
    message = 'other numbers in the training set than in the checkpoint'
    with pytest.raises(ValueError, match=message):
        runner.train()
    assert runner.iter == 0


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(topk=0), 'topk.*got 0'),
        (dict(epsilon=0.0), 'epsilon.*0.0'),
        (dict(epsilon=1.5), 'epsilon.*1.5'),
        (dict(interval=-1), 'interval.*-1'),
        (dict(online=True, start_epoch=2), 'use `online=False`'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        TopKSmoothingHook(**settings)


def test_more_predictions_than_classes_are_refused(tmp_path):
    runner = build(tmp_path, [smoothing(topk=4)], **QUIET)
    with pytest.raises(ValueError, match='topk=4 predictions of a model with 3'):
        runner.train()
