import pytest
import torch
from mmengine.evaluator import Evaluator
from mmpretrain.structures import DataSample

from nl_plugins.methods.two_stage.selected_accuracy import SelectedAccuracy


def evaluate(metric, size=None):
    """Four samples; the second and the fourth are predicted wrongly."""
    samples = []
    for index, (label, predicted) in enumerate([(0, 0), (1, 0), (2, 2), (0, 1)]):
        scores = torch.eye(3)[predicted] * 0.9
        sample = DataSample(metainfo=dict(sample_idx=index))
        samples.append(sample.set_gt_label(label).set_pred_score(scores))
    evaluator = Evaluator(metric)
    evaluator.process(samples[:3])
    evaluator.process(samples[3:])
    return evaluator.evaluate(size or 4)


def test_all_samples_count_until_a_mask_is_set():
    metric = SelectedAccuracy()
    assert evaluate(metric) == {'selected/top1': 50.0}
    metric.set_mask(torch.tensor([True, False, True, True]))
    assert evaluate(metric)['selected/top1'] == pytest.approx(200 / 3)
    metric.set_mask(torch.tensor([False, True, False, False]))
    assert evaluate(metric) == {'selected/top1': 0.0}


def test_what_the_sampler_repeated_does_not_count_twice():
    metric = SelectedAccuracy(prefix='val', topk=(1, 2))
    metric.set_mask(torch.tensor([True, False, True, True]))
    assert evaluate(metric, size=3)['val/top1'] == 100.0  # the fourth is padding
