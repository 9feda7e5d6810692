"""Check and convert the columns of a table, from arrays, tensors or sequences."""

from typing import Any

import numpy as np

__all__ = ['to_flags', 'to_integers', 'to_numbers', 'to_numpy']


def to_numpy(values: Any) -> np.ndarray:
    """Anything as an array on the CPU."""
    if hasattr(values, 'detach'):
        values = values.detach().cpu()
        if values.is_floating_point() and values.element_size() < 4:
            values = values.float()  # NumPy has no bfloat16
        return values.numpy()
    return np.asarray(values)


def to_integers(name: str, values: Any) -> np.ndarray:
    """As int64; raises ValueError for anything but integers."""
    array = to_numpy(values)
    if array.dtype.kind not in 'iu' and array.size:
        raise ValueError(f'{name} must be integers, but got {array.dtype}')
    return array.astype(np.int64)


def to_numbers(name: str, values: Any) -> np.ndarray:
    """As float32 if they are no finer, else float64; ValueError unless finite."""
    array = to_numpy(values)
    if array.dtype.kind not in 'iufb' and array.size:
        raise ValueError(f'{name} must be numbers, but got {array.dtype}')
    single = array.dtype in (np.float16, np.float32)
    array = array.astype(np.float32 if single else np.float64)
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise ValueError(f'{name}[{bad[0]}] is {array.reshape(-1)[bad[0]]}')
    return array


def to_flags(name: str, values: Any) -> np.ndarray:
    """As int64 zeros and ones; raises ValueError for anything else."""
    array = to_numpy(values)
    if not np.isin(array, (0, 1)).all():
        raise ValueError(f'{name} must be booleans or 0/1')
    return array.astype(np.int64)
