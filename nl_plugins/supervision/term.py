"""The base of what adds to a classifier's training loss."""

from mmengine.model import BaseModule
from torch import Tensor

from ..checks import check_count
from ..functional import ramp_down, ramp_up
from .term_batch import TermBatch

__all__ = ['Term']


class Term(BaseModule):
    """A part of the training loss of a :class:`NoisyLabelClassifier`.

    A subclass, registered in MODELS, overrides what it needs of :meth:`losses`,
    :meth:`before_supervised`, :meth:`make_state` and :meth:`before_train`. It may have
    modules of its own: they train with the classifier and lie under ``terms.`` in the
    checkpoint, which stock MMPretrain ignores. (If they train late, DDP needs
    ``find_unused_parameters=True``.) A schedule, a state or a ``before_train`` needs
    ``TermsHook`` in ``custom_hooks``; without it the first step fails.

    Attributes:
        scale: Factor of the losses now; 0 switches the term off, None is not yet set.
        num_samples: N, the size of the training set; set for terms with a state.
        sample_state: What :meth:`state` gives, as of now.

    Args:
        start_epoch: First epoch (or iteration, as the hook counts; from 1) that counts.
        ramp_up: Epochs until it counts in full, by ``functional.ramp_up``; 0: at once.
        ramp_down: Epochs before the end when ``functional.ramp_down`` begins; 0: never.
    """

    num_samples = 0

    def __init__(
        self, start_epoch: int = 1, ramp_up: int = 0, ramp_down: int = 0
    ) -> None:
        super().__init__()
        self.start_epoch = check_count(start_epoch, 'start_epoch')
        self.ramp_up = check_count(ramp_up, 'ramp_up', 0)
        self.ramp_down = check_count(ramp_down, 'ramp_down', 0)
        scheduled = start_epoch > 1 or ramp_up or ramp_down
        asks = self.stateful or type(self).before_train is not Term.before_train
        self.scale: float | None = None if scheduled or asks else 1.0
        self.sample_state: dict[str, Tensor] = {}
        self._ready = False

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """Scalars by name; those with 'loss' in it are scaled and added to the loss."""
        return {}

    def before_supervised(self, batch: TermBatch) -> None:
        """Look at the ``targets`` of the batch, or assign others."""

    def make_state(self, num_samples: int, num_classes: int) -> dict[str, Tensor]:
        """A fresh state by name: values (N, ...) of all N training samples.

        It is no part of the model's ``state_dict``; the hook saves and resumes it. All
        ranks must change it alike: see ``TermBatch.over_ranks``.
        """
        return {}

    def before_train(self, runner) -> None:
        """Take what else is needed from the run."""

    def state(self, batch: TermBatch) -> dict[str, Tensor]:
        """The state, on the device of the batch; change its tensors in place."""
        if not self._ready:
            fresh = self.make_state(self.num_samples, batch.logits.size(1))
            for name, value in fresh.items():
                resumed = self.sample_state.get(name, value)
                self.sample_state[name] = resumed.to(batch.logits.device, value.dtype)
            self._ready = True
        return self.sample_state

    @property
    def stateful(self) -> bool:
        """Whether it keeps values of every sample."""
        return type(self).make_state is not Term.make_state

    @property
    def sees_targets(self) -> bool:
        """Whether it looks at the targets of the batch, or assigns others."""
        return type(self).before_supervised is not Term.before_supervised

    @property
    def active(self) -> bool:
        """Whether the term takes part in this step."""
        if self.scale is None:
            raise RuntimeError(
                f'{type(self).__name__} has a schedule or a state, but nobody keeps '
                'it: add dict(type="TermsHook") to custom_hooks'
            )
        return self.scale > 0

    def scale_at(self, step: int, last: int) -> float:
        """The factor in epoch or iteration ``step`` (from 1) of ``last``."""
        if step < self.start_epoch:
            return 0.0
        rise = ramp_up(step - self.start_epoch, self.ramp_up)
        return rise * ramp_down(last - step, self.ramp_down)

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on with the state of a checkpoint."""
        self.sample_state, self._ready = dict(state), False
