"""Read and write arrays as ``.npy`` files."""

import os

import numpy as np

from .atomic_file import atomic_write

__all__ = ['read_npy', 'write_npy']


def read_npy(path: str | os.PathLike) -> np.ndarray:
    """The array of a file, of which nothing is unpickled.

    A ValueError names the file if it is empty, cut off or holds other objects.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_npy(f'{folder}/labels.npy', np.arange(3))
    ...     read_npy(f'{folder}/labels.npy')
    array([0, 1, 2])
    """
    if not os.path.getsize(path):
        raise ValueError(f'{path} is empty (0 bytes): write it again')
    try:
        with open(path, 'rb') as stream:  # `np.load` also takes other formats
            return np.lib.format.read_array(stream, allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # a damaged header raises any, MemoryError too
        advice = 'save the values alone, np.save(path, np.asarray(values))'
        problem = 'is cut off, or holds no plain array (but a dict, say)'
        raise ValueError(f'{path} {problem}: {advice} ({error})') from error


def write_npy(path: str | os.PathLike, values: np.ndarray) -> None:
    """Write an array atomically; see :func:`~.atomic_file.atomic_write`."""
    with atomic_write(path, 'wb') as stream:
        np.save(stream, values, allow_pickle=False)
