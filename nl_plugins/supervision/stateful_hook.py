"""A hook's state, beside the weights in the checkpoint."""

from mmengine.hooks import Hook
from mmengine.utils import apply_to
from torch import Tensor

__all__ = ['CHECKPOINT_KEY', 'StatefulHook']

CHECKPOINT_KEY = 'nl_plugins'


class StatefulHook(Hook):
    """Saves its state in every checkpoint under ``nl_plugins`` and resumes it.

    The state is never part of the model's ``state_dict``, so a trained checkpoint
    loads where this package is not installed. ``resume`` restores it, ``load_from``
    starts with a fresh one. A subclass gives :meth:`state_dict` and
    :meth:`load_state_dict` and calls :meth:`take_over` when its state exists.
    """

    _resumed: dict | None = None

    def state_dict(self) -> dict:
        """Everything that a resumed run needs; tensors and plain values only."""
        raise NotImplementedError

    def load_state_dict(self, state: dict) -> None:
        """Take over :meth:`state_dict`."""
        raise NotImplementedError

    def take_over(self) -> None:
        """Load the state of the checkpoint, if the run was resumed."""
        if self._resumed is not None:
            self.load_state_dict(self._resumed)
            self._resumed = None

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Put the state next to the weights (on rank 0, where they are saved)."""
        states = checkpoint.setdefault(CHECKPOINT_KEY, {})
        states[self.name(runner)] = self.state_dict()

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Keep the state for :meth:`take_over`; ``load_from`` ignores it."""
        if runner._resume:
            states = checkpoint.get(CHECKPOINT_KEY, {})
            # MMEngine loads to the GPU; the state lives on the CPU.
            kept = apply_to(states, lambda x: isinstance(x, Tensor), lambda x: x.cpu())
            name = self.name(runner)
            self._resumed = kept.get(name)
            if self._resumed is None:
                missing = f'the checkpoint holds no state of {name}'
                runner.logger.warning(f'{missing}: it starts with a fresh one')

    def name(self, runner) -> str:
        """What the state is called in a checkpoint: class, and number if needed."""
        same = [hook for hook in runner.hooks if type(hook) is type(self)]
        index = next(i for i, hook in enumerate(same) if hook is self)
        return type(self).__name__ + (f'_{index}' if index else '')
