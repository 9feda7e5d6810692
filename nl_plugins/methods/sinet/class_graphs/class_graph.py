"""SINet's side information as one matrix: the interface, and the sum of several."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from ....checks import check_square
from ....formats.atomic_file import atomic_write

__all__ = ['ClassGraph', 'SumGraph']


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

        A folder keeps it under a key of its inputs; processes of one machine share it,
        mapped from there.

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
                print_log(f'{path} is damaged ({error}): computed again', 'current', 30)
        matrix = check_square(self.compute(), 'the class graph')
        with atomic_write(path, 'wb') as file:
            np.save(file, matrix.cpu().float().numpy(), allow_pickle=False)
        return _mapped(path)


class SumGraph(ClassGraph):
    """Sum of graphs, SINet (Cheng et al. 2020) Eq. 3, weighted (by 1, as in the paper).

    Raises:
        ValueError: If there are no graphs, another number of weights or (when added)
            graphs of different sizes.
    """

    def __init__(
        self, graphs: Sequence[ClassGraph], weights: Sequence[float] | None = None
    ) -> None:
        self.graphs = list(graphs)
        count = len(self.graphs)
        self.weights = [1.0] * count if weights is None else list(weights)
        if not self.graphs or len(self.weights) != count:
            raise ValueError(f'{len(self.weights)} weights for {count} graphs to add')

    def inputs(self) -> dict:
        """Those of the parts."""
        parts = [graph.inputs() for graph in self.graphs]
        return dict(graphs=parts, weights=self.weights)

    def compute(self) -> Tensor:
        """The sum, with every part computed again."""
        return self.similarity()

    def similarity(self, folder: Path | str | None = None) -> Tensor:
        """The sum of the parts, which are kept; it is not kept itself."""
        total = torch.zeros(())
        for graph, weight in zip(self.graphs, self.weights, strict=True):
            part = graph.similarity(folder)
            if total.ndim and part.shape != total.shape:
                sizes = f'graphs of {len(total)} and of {len(part)} classes'
                raise ValueError(f'{sizes} cannot be added')
            total = total + weight * part
        return total


def _mapped(path: Path) -> Tensor:
    """The matrix in a file. 'c': torch wants to write, the file stays as it is."""
    matrix = np.load(path, mmap_mode='c', allow_pickle=False)
    if matrix.dtype != np.float32 or matrix.ndim != 2 or len(set(matrix.shape)) != 1:
        raise ValueError(f'it holds {matrix.dtype} of shape {matrix.shape}')
    return torch.from_numpy(matrix)
