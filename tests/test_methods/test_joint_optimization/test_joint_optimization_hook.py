"""Labels that follow the network: the mean by hand, runs, and planted noise."""

import pytest
import torch
from digits_run import LONG, network, train_digits
from toy import build, hook_of, loader, tiny_model, toy

from nl_plugins.methods.joint_optimization.joint_optimization_hook import (
    JointOptimizationHook,
)

HOOK = dict(type='JointOptimizationHook', start_epoch=2, memory=2)


def run(folder, epochs=4, hook=HOOK, **changes):
    model = dict(
        tiny_model(),
        type='NoisyLabelClassifier',
        terms=[dict(type='JointRegularization')],
    )
    epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    return build(folder, [hook], model, train_cfg=epochs, **changes)


@pytest.mark.parametrize('hard', [False, True])
def test_the_labels_are_the_mean_of_the_last_predictions(tmp_path, hard):
    runner = run(tmp_path, hook=dict(HOOK, hard=hard))
    hook, seen = hook_of(runner, JointOptimizationHook), []
    estimate = hook.estimate

    def watched(runner):
        walked = hook.walk.collect(runner.model, lambda batch: dict(probs=batch.probs))
        seen.append(walked['probs'])
        estimate(runner)

    hook.estimate = watched
    runner.train()
    assert len(seen) == 3  # before the epochs 2, 3 and 4
    want = (seen[1] + seen[2]) / 2
    rows = torch.tensor([5, 0, 7])
    mass = torch.tensor([[1.0], [0.5], [0.0]])
    got = hook.transform(mass * torch.eye(3), rows)
    labels = want[rows]
    if hard:
        labels = torch.eye(3)[labels.argmax(1)]
    torch.testing.assert_close(got, mass * labels, rtol=0, atol=2e-3)
    assert torch.equal(hook.table.suggested_labels.long(), want.argmax(1))


def test_the_second_stage_keeps_the_labels_of_the_first(tmp_path):
    first = run(tmp_path / 'first')
    first.train()
    checkpoint = str(tmp_path / 'first' / 'epoch_4.pth')
    stage = dict(type='JointOptimizationHook', checkpoint=checkpoint)
    second = run(tmp_path / 'second', 2, stage)
    second.train()
    got, want = (hook_of(r, JointOptimizationHook) for r in (second, first))
    assert torch.equal(got.history, want.history)
    assert got.supervises
    assert torch.equal(got.table.suggested_labels, want.table.suggested_labels)


def test_bad_checkpoints(tmp_path):
    stage = dict(type='JointOptimizationHook', checkpoint=str(tmp_path / 'no.pth'))
    with pytest.raises(FileNotFoundError, match=r'is missing: .*no\.pth'):
        run(tmp_path / 'a', 1, stage).train()
    build(tmp_path / 'b', []).train()
    stage['checkpoint'] = str(tmp_path / 'b' / 'epoch_2.pth')
    with pytest.raises(ValueError, match='holds no labels of JointOptimizationHook'):
        run(tmp_path / 'c', 1, stage).train()
    run(tmp_path / 'd', 2).train()
    stage['checkpoint'] = str(tmp_path / 'd' / 'epoch_2.pth')
    with pytest.raises(ValueError, match='another training set'):
        run(
            tmp_path / 'e', 1, stage, train_dataloader=loader(toy(num_samples=12))
        ).train()


def test_finds_the_true_labels_of_digits(tmp_path, digits_baseline):
    model = network(terms=[dict(type='JointRegularization', alpha=1.2, beta=0.4)])
    hook = dict(HOOK, start_epoch=3, memory=5)
    runner, accuracy = train_digits(tmp_path, [hook], model, epochs=LONG)
    hook = hook_of(runner, JointOptimizationHook)
    found = hook.table.suggested_labels == hook.training_set.true_labels
    right = hook.training_set.given_labels == hook.training_set.true_labels
    assert float(right.double().mean()) < 0.53
    assert float(found.double().mean()) > 0.85
    assert accuracy > digits_baseline + 10


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(memory=0), 'memory must be an integer >= 1'),
        (dict(online=True, start_epoch=3), 'use `online=False`'),
        (dict(checkpoint='a.pth', start_epoch=3), 'from start_epoch=1 on'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        JointOptimizationHook(**settings)
