"""Pruning in runs, and on digits of which half the labels are wrong."""

import csv

import pytest
import torch
from digits_run import train_digits
from processes import run_processes
from states import assert_same
from toy import build, config, hook_of, loader, tiny_model, toy

from nl_plugins.functional import pruned_labels
from nl_plugins.methods.confident_learning.confident_learning_hook import (
    ConfidentLearningHook,
)

HOOK = dict(type='ConfidentLearningHook', start_epoch=3)


def run(folder, epochs=4, hook=None, **changes):
    epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    return build(folder, [dict(HOOK, **(hook or {}))], train_cfg=epochs, **changes)


@pytest.mark.parametrize('prune', ['class', 'noise_rate', 'both'])
def test_the_table_is_that_of_the_function(tmp_path, prune):
    runner = run(tmp_path, hook=dict(prune=prune))
    hook, seen = hook_of(runner, ConfidentLearningHook), {}
    estimate = hook.estimate

    def watched(runner):
        walked = hook.walk.collect(runner.model, lambda batch: dict(probs=batch.probs))
        seen['probs'] = walked['probs']
        estimate(runner)

    hook.estimate = watched
    runner.train()
    given = hook.training_set.given_labels
    want = pruned_labels(seen['probs'], given, prune)
    assert torch.equal(hook.table.selected, ~want)
    rows = torch.arange(len(given))
    got = hook.transform(torch.ones(len(given), 3), rows)
    assert torch.equal(got.sum(1) == 0, want)
    with open(tmp_path / 'cleaned_labels.csv', newline='') as file:
        lines = list(csv.DictReader(file))
    dropped = [line['selected'] in ('0', 'False') for line in lines]
    assert dropped == want.tolist()


def test_verification_has_the_last_word(tmp_path):
    runner = run(tmp_path, train_dataloader=loader(toy(verified=True)))
    runner.train()
    hook = hook_of(runner, ConfidentLearningHook)
    verification = hook.training_set.verification
    assert hook.table.selected[verification == 1].all()
    assert not hook.table.selected[verification == 0].any()


def test_resumes_exactly(tmp_path):
    whole = run(tmp_path / 'whole')
    whole.train()
    run(tmp_path / 'part', 3).train()
    checkpoint = str(tmp_path / 'part' / 'epoch_3.pth')
    resumed = run(tmp_path / 'part', resume=True, load_from=checkpoint)
    resumed.train()
    assert_same(resumed.model.state_dict(), whole.model.state_dict())
    got, want = (hook_of(r, ConfidentLearningHook) for r in (resumed, whole))
    assert_same(got.state_dict(), want.state_dict())


def train(rank):
    backbone = dict(
        type='FullyConnected', in_channels=192, hidden_channels=[16], dropout=0.0
    )
    cfg = config(
        rank.folder / 'run',
        [dict(HOOK, start_epoch=2)],
        dict(tiny_model(in_channels=16), backbone=backbone),
        train_dataloader=loader(toy(size=8), batch_size=8 // rank.world),
        val_dataloader=loader(toy(size=8, test_mode=True)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
    )
    runner = rank.runner(cfg)
    runner.train()
    hook = hook_of(runner, ConfidentLearningHook)
    return dict(model=rank.plain(runner).state_dict(), state=hook.state_dict())


def test_two_processes_are_one(tmp_path):
    (single,) = run_processes(train, tmp_path, 1)
    for rank in run_processes(train, tmp_path, 2):
        got, want = (each['state']['table'] for each in (rank, single))
        assert torch.equal(got['selected'], want['selected'])
        for key, value in single['model'].items():
            torch.testing.assert_close(rank['model'][key], value, rtol=0, atol=1e-5)


def test_finds_the_wrong_labels_of_digits(tmp_path):
    runner, accuracy = train_digits(tmp_path, [HOOK], epochs=12)
    hook = hook_of(runner, ConfidentLearningHook)
    right = hook.training_set.given_labels == hook.training_set.true_labels
    selected = hook.table.selected
    assert float(right[selected].double().mean()) > 0.8
    assert float((~right)[~selected].double().mean()) > 0.8
    assert accuracy > 75


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(prune='all'), "prune must be one of .*but is 'all'"),
        (dict(online=True), 'use `online=False`'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        ConfidentLearningHook(start_epoch=3, **settings)
