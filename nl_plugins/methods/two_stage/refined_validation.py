"""Stage 1's selection on the validation set (Ding et al. §3.1)."""

from torch import Tensor, nn

from ...datasets.training_set import TrainingSet
from .label_confidence import (
    Judge,
    confident_selection,
    label_confidence,
    selection_summary,
)

__all__ = ['RefinedValidation']


class RefinedValidation:
    """Chooses which validation samples count, in every metric that takes a mask.

    Raises:
        ValueError: If the runner has no validation, or no metric that takes a mask.
    """

    def __init__(self, runner) -> None:
        if runner.val_loop is None:
            raise ValueError('refine_validation: the config has no validation')
        metrics = runner.val_evaluator.metrics
        self.metrics = [metric for metric in metrics if hasattr(metric, 'set_mask')]
        if not self.metrics:
            raise ValueError(
                'refine_validation needs a metric that follows it: add '
                'dict(type="SelectedAccuracy") to val_evaluator'
            )
        self.loader = runner.val_loop.dataloader
        self.samples = TrainingSet(self.loader.dataset)
        self.mask: Tensor | None = None  # (N,) bool, from the first selection on

    def select(self, hook, model: nn.Module, judge: Judge) -> dict[str, float]:
        """Let the labels count that the judge confirms (RuntimeError if none is)."""
        given, loader = self.samples.given_labels, self.loader
        walk = hook.walk_over(self.samples, loader.batch_size, loader.num_workers)
        found = label_confidence(walk, model, given, judge)
        mask = confident_selection(found, given, hook.threshold, hook.min_fraction)
        if not mask.any():
            raise RuntimeError(
                'no prediction agrees with its validation label: the network has '
                'learnt nothing yet, select later'
            )
        self._use(mask)
        known = self.samples.true_labels, self.samples.verification
        summary = selection_summary(mask, given, *known)
        return {f'validation_{key}': value for key, value in summary.items()}

    def state_dict(self) -> dict:
        """The mask, and whose it is."""
        return dict(mask=self.mask, fingerprint=self.samples.fingerprint)

    def load_state_dict(self, state: dict) -> None:
        """Take over :meth:`state_dict` of the same validation set."""
        if state['fingerprint'] != self.samples.fingerprint:
            raise ValueError(
                'the checkpoint refines another validation set: resume with the '
                'dataset and labels of the original run'
            )
        if state['mask'] is not None:
            self._use(state['mask'])

    def _use(self, mask: Tensor) -> None:
        self.mask = mask
        for metric in self.metrics:
            metric.set_mask(mask)
