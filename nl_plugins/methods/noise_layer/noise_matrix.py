"""What the heads that model label noise share: one fixed matrix."""

from collections.abc import Callable, Sequence

import torch
from mmengine.model import BaseModule
from torch import Tensor

from ...checks import check_count
from ...formats.json_file import read_transition

__all__ = ['NoiseMatrix']


class NoiseMatrix(BaseModule):
    """A matrix of label noise that is estimated once and never trained.

    It is a buffer, so that checkpoints hold it. It is zero, and the head refuses to
    work, until it is estimated (by ``NoiseLayerHook``), given or loaded.

    Args:
        num_classes: L.
        confusion: (L, L), rows of numbers or the path of a JSON file that holds them.

    Raises:
        ValueError: If ``confusion`` is not (L, L) or not of the head's kind.
    """

    confusion: Tensor  # (L, L) float32
    estimator: Callable[..., Tensor]  # of true labels (N,), noisy labels (N,) and L
    check: Callable[..., Tensor]  # of (matrix, name): a ValueError if not of its kind

    def __init__(
        self, num_classes: int, confusion: Sequence[Sequence[float]] | str | None = None
    ) -> None:
        super().__init__()
        self.num_classes = check_count(num_classes, 'num_classes', minimum=2)
        self.register_buffer('confusion', torch.zeros(num_classes, num_classes))
        if confusion is not None:
            source = f'confusion of {type(self).__name__}'
            if isinstance(confusion, str):
                source, confusion = confusion, read_transition(confusion).tolist()
            self.set_confusion(torch.tensor(confusion, dtype=torch.float64), source)

    def estimate(self, true_labels: Tensor, noisy_labels: Tensor) -> None:
        """Set the matrix from samples with both labels, (N,) each."""
        self.set_confusion(self.estimator(true_labels, noisy_labels, self.num_classes))

    @property
    def is_set(self) -> bool:
        """Whether there is a matrix."""
        return bool(self.confusion.any())

    def set_confusion(self, confusion: Tensor, name: str = 'confusion') -> None:
        """Take this matrix; a ValueError if it is not (L, L) or not of its kind."""
        if confusion.shape != self.confusion.shape:
            raise ValueError(
                f'{name} has shape {tuple(confusion.shape)}, but there are '
                f'{self.num_classes} classes'
            )
        self.confusion.copy_(self.check(confusion, name))

    def matrix(self) -> Tensor:
        """The matrix; a RuntimeError if there is none."""
        if not self.is_set:
            raise RuntimeError(
                f'{type(self).__name__} has no confusion matrix: add NoiseLayerHook, '
                'which estimates it, give `confusion`, or load a checkpoint with it'
            )
        return self.confusion
