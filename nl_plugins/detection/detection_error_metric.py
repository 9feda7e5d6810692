"""How well a classifier in training tells right from wrong labels."""

from collections.abc import Sequence

import torch
from mmengine.evaluator import BaseMetric
from mmpretrain.registry import METRICS

from ..checks import check_count
from ..functional import detection_error

__all__ = ['DetectionError']


@METRICS.register_module()
class DetectionError(BaseMetric):
    """Detection error of classification filtering (CleanNet, Lee et al. 2018, 4.2).

    A given label is called right where it is among the top K predictions; the figure
    is the error rate against the verification labels, averaged over the classes that
    have some. For a validation set of verified samples with *noisy* labels, such as
    ``Food101N(split='verified_val')``, whose pipeline ends in
    ``PackInputs(meta_keys=('sample_idx', 'img_path', 'verification'))``. It shows
    when a network begins to memorise wrong labels.

    Args:
        topk: The K's; each gives ``detection/error_topK`` in per cent.
        **kwargs: See :class:`mmengine.evaluator.BaseMetric`.

    Example:
        >>> import torch
        >>> from mmpretrain.registry import METRICS
        >>> metric = METRICS.build(dict(type='DetectionError', topk=(1,)))
        >>> sample = dict(pred_score=torch.tensor([0.9, 0.1]), gt_label=torch.tensor(0))
        >>> metric.process({}, [dict(sample, verification=v) for v in (1, 1, 1, 0)])
        >>> metric.evaluate(4)
        {'detection/error_top1': 25.0}
    """

    default_prefix = 'detection'

    def __init__(self, topk: Sequence[int] = (1, 2, 5), **kwargs) -> None:
        super().__init__(**kwargs)
        if not topk:
            raise ValueError('topk is empty: give at least one K')
        self.topk = tuple(check_count(k, 'each K of topk') for k in topk)

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Keep the rank of the given label and the verification label."""
        for sample in data_samples:
            if 'verification' not in sample:
                raise ValueError(
                    'the validation samples carry no `verification`: add it to '
                    '`meta_keys` of PackInputs, and let the dataset give it'
                )
            scores, label = sample['pred_score'], int(sample['gt_label'])
            if not scores.isfinite().all():
                raise ValueError('the predictions are not finite: the network diverged')
            rank = int((scores > scores[label]).sum())
            self.results.append((rank, label, int(sample['verification']), len(scores)))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """The error for each K."""
        ranks, labels, outcomes, sizes = torch.tensor(results).unbind(dim=1)
        known = outcomes, labels, int(sizes[0])
        errors = {k: detection_error(ranks < k, *known) for k in self.topk}
        return {f'error_top{k}': 100 * error for k, error in errors.items()}
