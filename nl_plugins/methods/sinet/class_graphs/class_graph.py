"""The interface of the class graphs: SINet's side information as one matrix."""

import hashlib
import json
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from ....checks import check_square
from ....formats.atomic_file import atomic_write

__all__ = ['ClassGraph']


class ClassGraph(ABC):
    """How similar the classes of a data set are, from what is known besides images."""

    @abstractmethod
    def inputs(self) -> dict:
        """All that the similarity depends on, as plain values that JSON can hold."""

    @abstractmethod
    def compute(self) -> Tensor:
        """(C, C) float32, high where two classes are alike."""

    def similarity(self, folder: Path | str | None = None) -> Tensor:
        """What :meth:`compute` gives, on the CPU.

        Args:
            folder: Folder that keeps the matrix under a key of its inputs. It is mapped
                from there: processes of one machine share it. None keeps nothing.

        Raises:
            ValueError: If the matrix to keep is not square or not finite.
        """
        if folder is None:
            return self.compute()
        inputs = json.dumps(self.inputs(), sort_keys=True)
        key = hashlib.sha256(inputs.encode()).hexdigest()
        path = Path(folder) / f'{type(self).__name__}_{key[:24]}.npy'
        if path.exists():
            try:
                return _mapped(path)
            except ValueError as error:
                message = f'{path} is damaged ({error}): computed again'
                print_log(message, 'current', 30)
        matrix = check_square(self.compute(), 'the class graph')
        with atomic_write(path, 'wb') as file:
            np.save(file, matrix.cpu().float().numpy(), allow_pickle=False)
        return _mapped(path)


def _mapped(path: Path) -> Tensor:
    """The matrix in a file. 'c': torch wants to write, the file stays as it is."""
    matrix = np.load(path, mmap_mode='c', allow_pickle=False)
    if matrix.dtype != np.float32 or matrix.ndim != 2 or len(set(matrix.shape)) != 1:
        raise ValueError(f'it holds {matrix.dtype} of shape {matrix.shape}')
    return torch.from_numpy(matrix)
