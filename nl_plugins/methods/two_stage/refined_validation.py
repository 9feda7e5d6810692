"""Stage 1's selection on the validation set (Ding et al. §3.1)."""

from torch import Tensor, nn

from ...datasets.training_set import TrainingSet
from ...supervision.walk import Walk
from .label_confidence import confident_selection, label_confidence

__all__ = ['RefinedValidation']


class RefinedValidation:
    """Chooses which validation samples count, in every metric that takes a mask.

    The dataset and the loader stay as they are.

    Attributes:
        mask: (N,) bool, None before the first selection.

    Args:
        runner: A runner with a validation loop.

    Raises:
        ValueError: If there is no validation, or no metric that takes a mask.
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
        self.mask: Tensor | None = None

    def select(
        self, walk: Walk, model: nn.Module, threshold: float, min_fraction: float
    ) -> Tensor:
        """Let the labels count that the model confirms with confidence.

        Returns:
            (N,) bool, which ones.

        Raises:
            RuntimeError: If it confirms none.
        """
        given = self.samples.given_labels
        found = label_confidence(walk, model, given)
        mask = confident_selection(found, given, threshold, min_fraction)
        if not mask.any():
            raise RuntimeError(
                'no prediction agrees with its validation label: the network has '
                'learnt nothing yet, select later'
            )
        self._use(mask)
        return mask

    def state_dict(self) -> dict:
        """The mask, and whose it is."""
        mask = None if self.mask is None else self.mask.clone()
        return dict(mask=mask, fingerprint=self.samples.fingerprint)

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
