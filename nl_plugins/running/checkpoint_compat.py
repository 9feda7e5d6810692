"""Lets torch >= 2.6 load the checkpoints that MMEngine itself writes.

From torch 2.6 on ``torch.load`` refuses every global that is not allow-listed.
MMEngine 0.10 stores its log history (``HistoryBuffer``, which pickles its
statistics as ``getattr(HistoryBuffer, 'mean')``) and NumPy scalars next to the
weights, so its own checkpoints are refused: testing and resuming fail. Exactly
those globals are allow-listed here. ``weights_only`` stays on, no process-wide
switch is set, and ``getattr`` is replaced by a function that knows four names.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.utils import digit_version

__all__ = ['allow_mmengine_checkpoints']

STATISTICS = ('min', 'max', 'current', 'mean')

# NumPy moved its C functions in 2.0: a checkpoint names the place of the NumPy
# that wrote it, which need not be the NumPy that reads it.
NUMPY_MODULES = ('numpy.core.multiarray', 'numpy._core.multiarray')


def history_statistic(owner: Any, name: str) -> Callable:
    """Stand in for ``builtins.getattr`` while a checkpoint is read.

    Gives the unbound methods of ``HistoryBuffer`` named in ``STATISTICS``, and refuses
    (ValueError) any other owner or name.
    """
    if owner is not HistoryBuffer or type(name) is not str or name not in STATISTICS:
        raise ValueError(
            f'refused: the checkpoint asks for attribute {name!r} of {owner!r}; only '
            f'the statistics {STATISTICS} of HistoryBuffer may be looked up'
        )
    return getattr(HistoryBuffer, name)


def checkpoint_globals() -> list[Callable | tuple[Callable, str]]:
    """What MMEngine's checkpoints hold, with the names they hold it under.

    Of NumPy's types only numbers and booleans: no objects, no structures.
    """
    numpy_core = getattr(np, '_core', None) or np.core
    reconstruct = numpy_core.multiarray._reconstruct
    scalar = numpy_core.multiarray.scalar
    numeric = np.typecodes['AllInteger'] + np.typecodes['AllFloat'] + '?'
    dtypes = {type(np.dtype(code)) for code in numeric}
    return [
        (HistoryBuffer, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (history_statistic, 'builtins.getattr'),
        (np.ndarray, 'numpy.ndarray'),
        (np.dtype, 'numpy.dtype'),
        *((reconstruct, f'{module}._reconstruct') for module in NUMPY_MODULES),
        *((scalar, f'{module}.scalar') for module in NUMPY_MODULES),
        *((kind, f'{kind.__module__}.{kind.__qualname__}') for kind in dtypes),
    ]


def allow_mmengine_checkpoints() -> None:
    """Allow-list MMEngine's checkpoint contents; nothing to do before torch 2.6."""
    if digit_version(torch.__version__) >= digit_version('2.6'):
        torch.serialization.add_safe_globals(checkpoint_globals())
