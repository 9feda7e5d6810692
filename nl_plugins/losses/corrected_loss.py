"""What losses with a matrix of label noise share."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..checks import check_count, check_square
from ..formats.json_file import read_transition
from ..functional.confusion import check_stochastic
from .class_cost_loss import ClassCostLoss

__all__ = ['CorrectedLoss']


class CorrectedLoss(ClassCostLoss):
    """A loss that is corrected by T[i, j] = p(noisy label j | true label i).

    T is given, or set by a hook such as ``TransitionHook``, which also saves and
    resumes it: it is no part of the model's ``state_dict``.

    Args:
        num_classes: K.
        transition: T (K, K), rows of numbers or the path of a JSON file that holds
            them; each row sums to 1.
        **kwargs: See :class:`ClassCostLoss`.

    Raises:
        ValueError: If ``transition`` is not such a matrix.
        RuntimeError: When a loss is asked for and nobody has set T.
    """

    transition: Tensor  # (K, K) float32; zero until it is set

    def __init__(
        self,
        num_classes: int,
        transition: Sequence[Sequence[float]] | str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        size = check_count(num_classes, 'num_classes', minimum=2)
        self.register_buffer('transition', torch.zeros(size, size), persistent=False)
        if transition is not None:
            name = f'transition of {type(self).__name__}'
            if isinstance(transition, str):
                name, transition = transition, read_transition(transition).tolist()
            self.set_transition(torch.tensor(transition, dtype=torch.float64), name)

    @property
    def is_set(self) -> bool:
        """Whether there is a T."""
        return bool(self.transition.any())

    def set_transition(self, transition: Tensor, name: str = 'transition') -> None:
        """Take this T; a ValueError if it is none for these classes."""
        transition = check_square(transition, name)
        if transition.shape != self.transition.shape:
            classes = len(self.transition)
            shape = tuple(transition.shape)
            raise ValueError(
                f'{name} has shape {shape}, but there are {classes} classes'
            )
        check_stochastic(transition, name, dim=1)
        self.transition.copy_(transition)

    def costs_of(self, logits: Tensor) -> Tensor:
        """(N, K) costs, if there is a T."""
        if not self.is_set:
            raise RuntimeError(
                f'{type(self).__name__} has no matrix of label noise: give it '
                '`transition`, or add dict(type="TransitionHook"), which estimates it'
            )
        return super().costs_of(logits)
