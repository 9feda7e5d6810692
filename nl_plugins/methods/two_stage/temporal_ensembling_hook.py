"""Temporal ensembling (Laine & Aila; ICLR 2017)."""

import torch
from mmengine.dist import all_gather
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...datasets.training_set import TrainingSet
from ...supervision.start_checks import check_packed_sample
from ...supervision.stateful_hook import StatefulHook
from .consistency_hook import ConsistencyHook

__all__ = ['TemporalEnsemblingHook']


@HOOKS.register_module()
class TemporalEnsemblingHook(ConsistencyHook, StatefulHook):
    r"""Compares with the ensemble of a sample's earlier predictions.

    Algorithm 2: each evaluation z of a sample updates its ensemble,
    :math:`Z \leftarrow \mu Z + (1 - \mu) z`, and the next is compared with
    :math:`Z / (1 - \mu^t)` after t evaluations, without gradient. One pass an
    iteration instead of two. The paper updates at the end of an epoch in which it
    evaluates every sample once; updating at once is the same, and serves samplers
    that draw a sample more or less often. A sample without an ensemble is compared
    with itself: no loss.

    The ensemble of all samples lies on the model's device and in the checkpoint
    under ``nl_plugins``. All ranks hold the same one.

    Args:
        momentum: :math:`\mu`, in [0, 1).
        dtype: Of the ensemble: 'float32', or 'float16' for half the memory.
        **kwargs: See :class:`ConsistencyHook`.

    Raises:
        ValueError: If an argument is out of range, ``sample_idx`` is not unique, or
            the resumed ensemble is of another training set.
    """

    def __init__(self, momentum: float = 0.6, dtype: str = 'float32', **kwargs) -> None:
        super().__init__(**kwargs)
        if not 0 <= momentum < 1:
            raise ValueError(f'momentum must lie in [0, 1), got {momentum!r}')
        if dtype not in ('float32', 'float16'):
            raise ValueError(f"dtype must be 'float32' or 'float16', got {dtype!r}")
        self.momentum = momentum
        self.dtype = getattr(torch, dtype)
        self.ensemble: Tensor | None = None
        self.counts: Tensor | None = None

    def before_train(self, runner) -> None:
        super().before_train(runner)
        check_packed_sample(runner.train_dataloader.dataset)
        self.training_set = TrainingSet(runner.train_dataloader.dataset)
        self.take_over()

    def second_prediction(self, probs: Tensor, inputs: Tensor, samples: list) -> Tensor:
        """(B, K) bias-corrected ensembles; then counts this evaluation in."""
        probs = probs.detach()
        rows = torch.tensor([s.sample_idx for s in samples], device=probs.device)
        ensemble, counts = self._state(probs)
        evaluated = counts[rows, None]
        targets = ensemble[rows].float() / (1 - self.momentum**evaluated)
        self._update(rows, probs)
        return torch.where(evaluated > 0, targets, probs)

    def _update(self, rows: Tensor, probs: Tensor) -> None:
        """Count the evaluations of all ranks in, those of one sample as their mean."""
        rows, probs = torch.cat(all_gather(rows)), torch.cat(all_gather(probs))
        rows, places = rows.unique(return_inverse=True)
        ensemble, counts = self._state(probs)
        mean = probs.new_zeros(len(rows), probs.size(1)).index_add_(0, places, probs)
        mean /= places.bincount(minlength=len(rows))[:, None]
        mixed = ensemble[rows].float().lerp(mean, 1 - self.momentum)
        ensemble[rows] = mixed.to(ensemble.dtype)
        counts[rows] += 1

    def _state(self, probs: Tensor) -> tuple[Tensor, Tensor]:
        if self.ensemble is None or self.counts is None:
            shape = len(self.training_set), probs.size(1)
            self.ensemble = torch.zeros(shape, dtype=self.dtype)
            self.counts = torch.zeros(shape[0], dtype=torch.int32)
        self.ensemble = self.ensemble.to(probs.device)
        self.counts = self.counts.to(probs.device)
        return self.ensemble, self.counts

    # State ----------------------------------------------------------------------

    def state_dict(self) -> dict:
        state = dict(fingerprint=self.training_set.fingerprint)
        if self.ensemble is None or self.counts is None:
            return state
        ensemble, counts = self.ensemble.cpu().clone(), self.counts.cpu().clone()
        return dict(state, ensemble=ensemble, counts=counts)

    def load_state_dict(self, state: dict) -> None:
        if state['fingerprint'] != self.training_set.fingerprint:
            raise ValueError(
                'the checkpoint holds the ensemble of another training set: resume '
                'with the dataset, labels and noise seed of the original run, or use '
                '`load_from` to start afresh'
            )
        if 'ensemble' in state:
            self.ensemble = state['ensemble'].to(self.dtype)
            self.counts = state['counts']
