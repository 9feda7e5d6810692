"""The curriculum in runs, and on digits of which half the labels are wrong."""

import pytest
import torch
from digits_run import LONG, train_digits
from mmpretrain.registry import HOOKS
from toy import build, hook_of

from nl_plugins.functional import curriculum_subsets, densest_sample
from nl_plugins.methods.curriculum_net.curriculum_hook import CurriculumHook

HOOK = dict(type='CurriculumHook', start_epoch=2, noisy_epoch=3, highly_noisy_epoch=4)


def run(folder, epochs=4, hook=None, **changes):
    epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    return build(folder, [dict(HOOK, **(hook or {}))], train_cfg=epochs, **changes)


def test_the_subsets_are_those_of_the_function(tmp_path):
    runner = run(tmp_path)
    hook, seen = hook_of(runner, CurriculumHook), {}
    estimate = hook.estimate

    def watched(runner):
        walked = hook.walk.collect(runner.model, lambda b: dict(x=b.features))
        seen['features'] = walked['x']
        estimate(runner)

    hook.estimate = watched
    runner.train()
    given = hook.training_set.given_labels
    for label in given.unique():
        features = seen['features'][given == label]
        center = densest_sample(features)
        want = curriculum_subsets(features, center)
        assert torch.equal(hook.subsets[given == label].long(), want)
        scores = hook.table.scores[given == label]
        assert float(scores[center]) == pytest.approx(1, abs=1e-3)
        far = torch.linalg.vector_norm(features - features[center], dim=1)
        torch.testing.assert_close(scores, 1 - far / far.max(), atol=0.02, rtol=0)


def test_stages_and_weights(tmp_path):
    runner, seen = run(tmp_path, hook=dict(weights=(1.0, 0.5, 0.25))), {}
    hook = hook_of(runner, CurriculumHook)
    transform = hook.transform

    def watched(targets, rows):
        out = transform(targets, rows)
        for row, total in zip(rows.tolist(), out.sum(dim=1).tolist()):
            seen.setdefault(runner.epoch + 1, {})[row] = total
        return out

    hook.transform = watched
    runner.train()
    assert sorted(seen) == [2, 3, 4]
    subsets = hook.subsets.tolist()
    counts = [subsets.count(s) for s in range(3)]
    assert min(counts) > 0
    for epoch, stage in ((2, 0), (3, 1), (4, 2)):
        for row, total in seen[epoch].items():
            weight = (1.0, 0.5, 0.25)[subsets[row]] * (subsets[row] <= stage)
            assert total == weight
    assert torch.equal(hook.table.selected, hook.subsets < 2)
    assert torch.equal(hook.table.weights, hook.weights[hook.subsets.long()])


def test_the_clean_subset_of_digits_is_cleaner(tmp_path, digits_baseline):
    epochs = dict(start_epoch=3, noisy_epoch=7, highly_noisy_epoch=13)
    hook = {**HOOK, **epochs, 'near_share': 0.3}
    runner, accuracy = train_digits(tmp_path, [hook], epochs=LONG)
    hook = hook_of(runner, CurriculumHook)
    right = hook.training_set.given_labels == hook.training_set.true_labels
    shares = [float(right[hook.subsets == s].double().mean()) for s in range(3)]
    assert shares[0] > 0.8
    assert shares[0] > shares[1] > shares[2]
    assert accuracy > digits_baseline + 10


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(noisy_epoch=1), 'must not fall: .2, 1, 4.'),
        (dict(highly_noisy_epoch='last'), "highly_noisy_epoch .*'last'"),
        (dict(weights=(1, 0.5)), 'weights must be three numbers'),
        (dict(weights=(0, 0.5, 0.5)), 'the first above 0'),
        (dict(near_share=0), 'near_share'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        HOOKS.build(dict(HOOK, **settings))
