"""The class graph of a product tree or of any other hierarchy."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from ....functional import path_similarity
from .class_graph import ClassGraph

__all__ = ['TreeGraph']


class TreeGraph(ClassGraph):
    """1 / (1 + shortest path) between classes in a hierarchy of any kind.

    The paper has no formula for its product tree; this one is ours.
    Classes that share no ancestor get 0; with ``parents={}`` the graph is the identity.

    Args:
        classes: Names of the C classes.
        parents: For each name the name, or the names, directly above it.
        tree: Instead, a nested tree: mappings from the name of a branch to what is
            below it, and sequences of what lies side by side. Its leaves are classes; a
            branch may be one too. Otherwise branches of the same name differ by place.

    Raises:
        ValueError: If neither or both are given, a class is not in the hierarchy, is
            in the tree twice, or (when computed) the hierarchy has a cycle.

    Example:
        >>> classes, pets = ['cat', 'dog', 'truck'], ['cat', 'dog']
        >>> TreeGraph(classes, tree=dict(pets=pets, cars=['truck'])).compute()
        tensor([[1.0000, 0.3333, 0.0000],
                [0.3333, 1.0000, 0.0000],
                [0.0000, 0.0000, 1.0000]])
    """

    def __init__(
        self, classes: Sequence[str], parents: Mapping | None = None, tree: Any = None
    ) -> None:
        if (parents is None) == (tree is None):
            raise ValueError('a tree graph needs either `parents` or `tree`')
        self.classes = _names(classes)
        if parents is None:
            self.parents = _parents_in(tree, set(self.classes))
        else:
            self.parents = {str(name): _names(above) for name, above in parents.items()}
        known = set(self.parents).union(*self.parents.values())
        missing = [name for name in self.classes if name not in known]
        if missing and self.parents:
            share = f'{len(missing)} of {len(self.classes)} classes'
            raise ValueError(f'{share} are nowhere in the hierarchy: {missing[:5]}')

    def inputs(self) -> dict:
        """Classes and hierarchy."""
        return dict(classes=self.classes, parents=self.parents)

    def compute(self) -> Tensor:
        """Shortest paths over common ancestors."""
        return path_similarity(self.parents, self.classes)


def _names(above: Any) -> list[str]:
    listed = [above] if isinstance(above, (str, int)) else above or ()
    return [str(name) for name in listed]


def _parents_in(tree: Any, classes: set[str]) -> dict[str, list[str]]:
    """The names above each name; a branch that is no class is called by its path."""
    parents: dict[str, list[str]] = {}
    waiting: list[tuple[Any, list[str]]] = [(tree, [])]
    while waiting:
        part, above = waiting.pop()
        if isinstance(part, Sequence) and not isinstance(part, str):
            waiting.extend((each, above) for each in part)
        elif part is not None:
            branches = part if isinstance(part, Mapping) else {part: None}
            for name, below in branches.items():
                known = name = str(name)
                if name not in classes:
                    known = '/'.join([*above, name])
                elif name in parents:
                    raise ValueError(f'class {name!r} is in the tree twice')
                parents[known] = above[-1:]
                waiting.append((below, [*above, known]))
    return parents
