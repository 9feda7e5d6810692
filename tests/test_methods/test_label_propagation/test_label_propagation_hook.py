"""Labels that a few clean ones spread to a training set."""

import pytest
import torch
from digits_run import LONG, train_digits
from toy import NUM_CLASSES, build, hook_of, loader, toy

from nl_plugins.functional import propagate_labels
from nl_plugins.methods.label_propagation.label_propagation_hook import (
    LabelPropagationHook,
)

HOOK = dict(type='LabelPropagationHook', start_epoch=2, neighbours=5)
CLEAN = dict(type='CleanLabels', dataset=toy(), fraction=0.4)


def run(folder, data, **changes):
    hooks = [dict(HOOK, **changes)]
    return build(folder, hooks, train_dataloader=loader(data))


@pytest.mark.parametrize('standardize', [False, True])
def test_the_labels_are_those_of_the_function(tmp_path, standardize):
    runner = run(tmp_path, CLEAN, standardize=standardize)
    hook, seen = hook_of(runner, LabelPropagationHook), {}
    estimate = hook.estimate

    def watched(runner):
        found = hook.walk.collect(runner.model, lambda batch: dict(f=batch.features))
        seen['features'] = found['f']
        estimate(runner)

    hook.estimate = watched
    runner.train()
    clean = torch.tensor(hook.training_set.columns.clean_labels).long()
    assert (clean >= 0).any()
    assert (clean < 0).any()
    given = hook.table.given_labels.long()
    want = propagate_labels(
        seen['features'], clean, NUM_CLASSES, 5, standardize=standardize
    )
    close = want.topk(2).values.diff().abs()[:, 0] < 0.02  # half precision in the bank
    labels = hook.table.suggested_labels.long()
    assert torch.equal(labels[~close], want.argmax(dim=1)[~close])
    assert torch.equal(labels[clean >= 0], clean[clean >= 0])
    own = want.gather(1, given[:, None])[:, 0]
    torch.testing.assert_close(hook.table.scores, own, atol=0.02, rtol=0)
    targets = torch.full((len(given), NUM_CLASSES), 0.5)
    got = hook.transform(targets, torch.arange(len(given)))
    assert torch.equal(got.argmax(dim=1), labels)
    torch.testing.assert_close(got.sum(dim=1), targets.sum(dim=1))


def test_a_label_that_is_wrong_is_excluded(tmp_path):
    runner = run(tmp_path, toy(verified=True))
    runner.train()
    hook = hook_of(runner, LabelPropagationHook)
    table, verification = hook.table, hook.training_set.verification
    same = table.suggested_labels == table.given_labels
    assert same[verification == 1].all()
    assert not same[verification == 0].any()
    assert (table.scores[verification == 0] == 0).all()


def test_a_wrong_label_without_another_is_dropped(tmp_path, monkeypatch):
    module = 'nl_plugins.methods.label_propagation.label_propagation_hook'

    def silent(features, labels, num_classes, neighbours, **settings):
        return torch.zeros(len(labels), num_classes)

    monkeypatch.setattr(f'{module}.propagate_labels', silent)
    runner = run(tmp_path, toy(verified=True))
    runner.train()
    hook = hook_of(runner, LabelPropagationHook)
    wrong = hook.training_set.verification == 0
    rows = torch.arange(len(wrong))
    mass = hook.transform(torch.ones(len(wrong), NUM_CLASSES), rows).sum(dim=1)
    assert torch.equal(mass == 0, wrong)


def test_a_second_estimate_forgets_the_first(tmp_path, monkeypatch):
    module = 'nl_plugins.methods.label_propagation.label_propagation_hook'
    runner = run(tmp_path, CLEAN)
    runner.train()
    hook = hook_of(runner, LabelPropagationHook)
    assert (hook.table.suggested_labels != hook.table.given_labels).any()

    def silent(features, labels, num_classes, neighbours, **settings):
        return torch.zeros(len(labels), num_classes)

    monkeypatch.setattr(f'{module}.propagate_labels', silent)
    hook.estimate(runner)
    assert torch.equal(hook.table.suggested_labels.long(), hook.table.given_labels)
    assert (hook.table.scores == 1).all()


def test_clean_images_that_do_not_load_are_told(tmp_path, monkeypatch):
    runner = run(tmp_path, CLEAN)
    observe = LabelPropagationHook.observe

    def without_the_clean(hook, batch):
        rows = hook._clean_labels()[batch.rows] < 0
        observe(hook, type(batch)(*(part[rows] for part in batch)))

    monkeypatch.setattr(LabelPropagationHook, 'observe', without_the_clean)
    with pytest.raises(RuntimeError, match='images .* load, none of them with a clean'):
        runner.train()


def test_finds_labels_of_digits(tmp_path, digits_baseline):
    def verified(data):
        return dict(type='VerificationLabels', dataset=data, share=0.3, seed=0)

    hooks = [dict(HOOK, neighbours=10)]
    runner, accuracy = train_digits(tmp_path, hooks, epochs=LONG, wrap=verified)
    hook = hook_of(runner, LabelPropagationHook)
    right = hook.table.suggested_labels == hook.training_set.true_labels
    assert float(right.double().mean()) > 0.8
    assert accuracy > digits_baseline + 10


def test_needs_clean_labels(tmp_path):
    with pytest.raises(ValueError, match='needs clean labels .*`CleanLabels`'):
        run(tmp_path, toy()).train()


def test_bad_settings():
    with pytest.raises(ValueError, match='neighbours'):
        LabelPropagationHook(neighbours=0)
