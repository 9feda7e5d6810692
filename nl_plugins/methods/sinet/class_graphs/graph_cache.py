"""Square matrices kept on disk under a key of what they were computed from."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from ....formats.atomic_file import atomic_write

__all__ = ['cached_matrix']


def cached_matrix(
    folder: Path, name: str, inputs: dict, compute: Callable[[], Tensor]
) -> Tensor:
    """The matrix of these inputs: from disk, or computed and then kept.

    Args:
        folder: Made if it does not exist.
        name: Beginning of the file name.
        inputs: What JSON can hold; other inputs, another file.
        compute: Gives the (C, C) matrix.

    Returns:
        (C, C) float32, mapped from the file: processes of one machine share it.

    Raises:
        ValueError: If the computed matrix is not square or not finite.
    """
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    path = folder / f'{name}_{key[:24]}.npy'
    if path.exists():
        try:
            return _mapped(path)
        except ValueError as error:
            print_log(f'{path} is damaged ({error}): made anew', 'current', 30)
    matrix = compute().to('cpu', torch.float32)
    if matrix.ndim != 2 or matrix.size(0) != matrix.size(1):
        raise ValueError(f'a class graph of shape {tuple(matrix.shape)} is not square')
    if not torch.isfinite(matrix).all():
        raise ValueError('the class graph holds NaN or infinity')
    with atomic_write(path, 'wb') as file:
        np.save(file, matrix.numpy(), allow_pickle=False)
    return _mapped(path)


def _mapped(path: Path) -> Tensor:
    """The matrix in a file. 'c': torch wants to write, the file stays as it is."""
    matrix = np.load(path, mmap_mode='c', allow_pickle=False)
    if matrix.dtype != np.float32 or matrix.ndim != 2 or len(set(matrix.shape)) != 1:
        raise ValueError(f'it holds {matrix.dtype} of shape {matrix.shape}')
    return torch.from_numpy(matrix)
