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
        graphs: Graphs of the same classes.
        weights: One per graph; all 1 by default, as in the paper.

    Raises:
        ValueError: If there are no graphs, another number of weights or, when added,
            graphs of different sizes.
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
                raise ValueError(
                    f'graphs of {len(total)} and of {len(part)} classes cannot be added'
                )
            total = total + weight * part
        return total
