"""Several class graphs as one."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from .class_graph import ClassGraph

__all__ = ['SumGraph']


class SumGraph(ClassGraph):
    """Weighted sum of class graphs, SINet (Cheng et al. 2020) Eq. 3.

    Args:
        graphs: Of the same classes.
        weights: One a graph; all 1 by default, as in the paper.

    Raises:
        ValueError: If there are no graphs or another number of weights.
    """

    def __init__(
        self, graphs: Sequence[ClassGraph], weights: Sequence[float] | None = None
    ) -> None:
        self.graphs = list(graphs)
        self.weights = [1.0] * len(self.graphs) if weights is None else list(weights)
        if not self.graphs or len(self.weights) != len(self.graphs):
            raise ValueError(
                f'{len(self.weights)} weights for {len(self.graphs)} graphs to add'
            )

    def inputs(self) -> dict:
        """Those of the parts."""
        return dict(
            graphs=[graph.inputs() for graph in self.graphs], weights=self.weights
        )

    def compute(self) -> Tensor:
        """The sum, with every part computed anew."""
        return self._added(None)

    def similarity(self, folder: Path | str | None = None) -> Tensor:
        """The sum of the parts, which are kept; it is not kept itself."""
        return self._added(folder)

    def _added(self, folder: Path | str | None) -> Tensor:
        total = torch.zeros(())
        for graph, weight in zip(self.graphs, self.weights, strict=True):
            part = graph.similarity(folder)
            if total.ndim and part.shape != total.shape:
                raise ValueError(
                    f'graphs of {len(total)} and of {len(part)} classes cannot be added'
                )
            total = total + weight * part
        return total
