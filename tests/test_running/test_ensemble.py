"""Models tested together: against the mean of their own predictions."""

import numpy as np
import pytest
import torch
from mmpretrain.registry import DATASETS
from toy import PIPELINE, ToyImages, build, loader, tiny_model, toy

from nl_plugins.running.ensemble import run_ensemble_test

ORDERED = dict(type='DefaultSampler', shuffle=False)


@DATASETS.register_module(force=True)
class HardImages(ToyImages):
    """Almost nothing to see, so that models differ."""

    def load_data_list(self):
        infos = super().load_data_list()
        rng = np.random.default_rng(0)
        for info in infos:
            info['img'] = rng.integers(0, 255, info['img'].shape, dtype=np.uint8)
        return infos


def member(tmp_path, seed, model=None, batch_size=7, **dataset):
    data = dict(toy(num_samples=50, test_mode=True, **dataset), type='HardImages')
    settings = dict(
        test_dataloader=loader(data, sampler=ORDERED, batch_size=batch_size),
        test_evaluator=dict(type='Accuracy', topk=(1, 2)),
        test_cfg=dict(),
        randomness=dict(seed=seed),
    )
    runner = build(tmp_path / f'{seed}_{batch_size}', [], model, **settings)
    path = tmp_path / f'{seed}_{batch_size}.pth'
    torch.save(dict(state_dict=runner.model.state_dict()), path)
    runner._load_from = str(path)
    return runner


def probabilities(runner):
    runner.model.eval()
    with torch.no_grad():
        samples = [
            sample
            for batch in runner.build_dataloader(runner.cfg.test_dataloader)
            for sample in runner.model.test_step(batch)
        ]
    labels = torch.cat([sample.gt_label for sample in samples])
    return torch.stack([sample.pred_score for sample in samples]), labels


def top(scores, labels, k):
    hits = (scores.argsort(dim=1, descending=True)[:, :k] == labels[:, None]).any(1)
    return 100 * float(hits.float().mean())


def test_the_mean_of_the_probabilities_is_tested(tmp_path):
    runners = [member(tmp_path, 1), member(tmp_path, 2, batch_size=50)]
    runners.append(member(tmp_path, 3))
    own = [probabilities(runner)[0] for runner in runners]
    labels = probabilities(runners[0])[1]
    together, members = run_ensemble_test(runners)
    mean = torch.stack(own).mean(0)
    assert together['accuracy/top1'] == pytest.approx(top(mean, labels, 1), abs=1e-3)
    assert together['accuracy/top2'] == pytest.approx(top(mean, labels, 2), abs=1e-3)
    for metrics, scores in zip(members, own):
        expected = top(scores, labels, 1)
        assert metrics['accuracy/top1'] == pytest.approx(expected, abs=1e-3)
    assert len({metrics['accuracy/top1'] for metrics in members}) > 1


def test_checkpoints_are_loaded(tmp_path):
    runner, other = member(tmp_path, 1), member(tmp_path, 2)
    expected = probabilities(other)[0]
    runner._load_from = other._load_from
    run_ensemble_test([runner])
    assert torch.allclose(probabilities(runner)[0], expected)


def test_other_images_or_classes_are_refused(tmp_path):
    first = member(tmp_path, 1)
    with pytest.raises(ValueError, match=r'tested on \[50, 20\] images'):
        run_ensemble_test([first, member(tmp_path, 2, indices=20)])
    shuffled = member(tmp_path, 3)
    data = loader(
        dict(toy(num_samples=50, pipeline=PIPELINE), type='HardImages'),
        sampler=dict(type='DefaultSampler', shuffle=True),
    )
    shuffled._test_dataloader = shuffled.build_dataloader(data)
    shuffled.test_loop.dataloader = shuffled._test_dataloader
    with pytest.raises(ValueError, match='image 0 of the first member'):
        run_ensemble_test([first, shuffled])
    other = member(tmp_path, 4, tiny_model(num_classes=5))
    with pytest.raises(ValueError, match='3 and 5 classes cannot be averaged'):
        run_ensemble_test([first, other])
