"""The interface of the class graphs: SINet's side information as one matrix."""

from abc import ABC, abstractmethod
from pathlib import Path

from torch import Tensor

from .graph_cache import cached_matrix

__all__ = ['ClassGraph']


class ClassGraph(ABC):
    """How similar the classes of a data set are, from what is known besides images."""

    @abstractmethod
    def inputs(self) -> dict:
        """All that the similarity depends on, as plain values that JSON can hold."""

    @abstractmethod
    def compute(self) -> Tensor:
        """(C, C) float32, computed anew."""

    def similarity(self, folder: Path | str | None = None) -> Tensor:
        """(C, C) float32 on the CPU, high where two classes are alike.

        Args:
            folder: Where the matrix is kept under a key of its inputs; it is read from
                there without being loaded to memory as a whole. None keeps nothing.
        """
        if folder is None:
            return self.compute()
        name = type(self).__name__
        return cached_matrix(Path(folder), name, self.inputs(), self.compute)
