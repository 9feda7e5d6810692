"""Pruning in runs, and on digits of which half the labels are wrong."""

import csv

import pytest
import torch
from digits_run import LONG, train_digits
from toy import build, hook_of, loader, toy

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


def test_finds_the_wrong_labels_of_digits(tmp_path, digits_baseline):
    runner, accuracy = train_digits(tmp_path, [HOOK], epochs=LONG)
    hook = hook_of(runner, ConfidentLearningHook)
    right = hook.training_set.given_labels == hook.training_set.true_labels
    selected = hook.table.selected
    assert float(right[selected].double().mean()) > 0.8
    assert float((~right)[~selected].double().mean()) > 0.8
    assert accuracy > digits_baseline + 10


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
