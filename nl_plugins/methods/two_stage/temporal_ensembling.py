"""Temporal ensembling (Laine & Aila; ICLR 2017)."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_choice, check_fraction
from ...supervision.term_batch import TermBatch
from .pi_consistency import PiConsistency

__all__ = ['TemporalEnsembling']


@MODELS.register_module()
class TemporalEnsembling(PiConsistency):
    r"""Compares with the ensemble of a sample's earlier predictions.

    Algorithm 2: each evaluation z of a sample updates its ensemble,
    :math:`Z \leftarrow \mu Z + (1 - \mu) z`, and the next is compared with
    :math:`Z / (1 - \mu^t)` after t evaluations, without gradient: one pass per step.
    The paper updates at the end of an epoch in which it evaluates every sample once;
    updating at once is the same, and serves samplers that draw a sample more or less
    often. A sample without an ensemble is compared with itself: no loss.

    Args:
        momentum: :math:`\mu`, in [0, 1).
        dtype: Precision of the ensemble: 'float32', or 'float16' for half the memory.
        **kwargs: See :class:`PiConsistency`.

    >>> term = MODELS.build(dict(type='TemporalEnsembling', dtype='float16'))
    >>> term.make_state(num_samples=50_000, num_classes=10)['ensemble'].nbytes
    1000000
    """

    def __init__(self, momentum: float = 0.6, dtype: str = 'float32', **kwargs) -> None:
        super().__init__(**kwargs)
        check_choice('dtype', dtype, ('float32', 'float16'))
        self.momentum = check_fraction(momentum, 'momentum', zero=True, one=False)
        self.dtype = getattr(torch, dtype)

    def make_state(self, num_samples: int, num_classes: int) -> dict[str, Tensor]:
        """``ensemble`` (N, K), and ``counts`` (N,) of evaluations."""
        ensemble = torch.zeros(num_samples, num_classes, dtype=self.dtype)
        counts = torch.zeros(num_samples, dtype=torch.int32)
        return dict(ensemble=ensemble, counts=counts)

    @torch.no_grad()
    def second_prediction(self, batch: TermBatch) -> Tensor:
        """(B, K) bias-corrected ensembles; this evaluation enters them afterwards."""
        state, probs, rows = self.state(batch), batch.probs, batch.rows
        ensemble, counts = state['ensemble'], state['counts']
        evaluated = counts[rows, None]
        targets = ensemble[rows].float() / (1 - self.momentum**evaluated)
        rows, means = batch.over_ranks(probs)
        mixed = ensemble[rows].float().lerp(means, 1 - self.momentum)
        ensemble[rows] = mixed.to(self.dtype)
        counts[rows] += 1
        return torch.where(evaluated > 0, targets, probs)
