"""Accuracy on the validation samples whose labels are trusted."""

from mmpretrain.evaluation import Accuracy
from mmpretrain.registry import METRICS
from torch import Tensor

__all__ = ['SelectedAccuracy']


@METRICS.register_module()
class SelectedAccuracy(Accuracy):
    """Accuracy on a refined validation set (Ding et al. §3.1).

    ``LabelSelectionHook`` sets which samples count (``refine_validation``); until then
    all do, so that one metric can steer the learning rate before and after.

    >>> import torch
    >>> metric = SelectedAccuracy()
    >>> for index, label in enumerate([0, 1]):
    ...     sample = dict(sample_idx=index, gt_label=torch.tensor([label]))
    ...     metric.process(None, [dict(sample, pred_label=torch.tensor([1]))])
    >>> metric.set_mask(torch.tensor([False, True]))
    >>> metric.evaluate(size=2)
    {'selected/top1': 100.0}
    """

    default_prefix = 'selected'
    mask: Tensor | None = None

    def set_mask(self, mask: Tensor) -> None:
        """Let only these samples, (N,) bool, count from now on."""
        self.mask = mask

    def process(self, data_batch, data_samples: list) -> None:
        """Keep the predictions, and the index of each sample."""
        first = len(self.results)
        super().process(data_batch, data_samples)
        for result, sample in zip(self.results[first:], data_samples, strict=True):
            result['sample_idx'] = sample['sample_idx']

    def compute_metrics(self, results: list) -> dict:
        """The accuracy on the samples that count."""
        # Chosen here, where what the sampler added to even out the ranks is dropped.
        if self.mask is not None:
            results = [r for r in results if self.mask[r['sample_idx']]]
        return super().compute_metrics(results)
