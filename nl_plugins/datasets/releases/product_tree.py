"""The tree of a product catalogue, whose leaves are the classes."""

from collections.abc import Sequence
from typing import Any

from ...formats.json_file import read_json

__all__ = ['read_product_tree']

_DEEPEST = 20


def read_product_tree(
    path: str, classes: Sequence[str], backend_args: dict | None = None
) -> dict[str, Any]:
    """Read nested JSON objects whose innermost values list classes.

    AliProducts' has four levels: ``{"level1_node1": {"level2_node1": {"level3_node1":
    ["00000", "00001"]}}}``. A class may also be its number.

    Args:
        path: On any backend of MMEngine.
        classes: Their names. The tree need not have all of them.
        backend_args: Of the backend.

    Returns:
        The same tree with tuples of names as leaves.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file and the branch: if it is no such tree, a leaf is no
            class, or a class is in two places.
    """
    tree = read_json(path, backend_args)
    if not isinstance(tree, dict):
        raise ValueError(f'{path}: expected an object of branches')
    return _TreeReader(path, classes).branch(tree, '', 0)


class _TreeReader:
    def __init__(self, path: str, classes: Sequence[str]) -> None:
        self.path = path
        self.names = dict(zip(classes, classes)) | dict(enumerate(classes))
        self.places: dict[str, str] = {}

    def branch(self, part: Any, place: str, depth: int) -> Any:
        if isinstance(part, list):
            return tuple(self.leaf(leaf, place) for leaf in part)
        if not isinstance(part, dict) or depth > _DEEPEST:
            raise ValueError(
                f'{self.path}: {place!r} is no list of classes and no object of '
                'branches'
            )
        return {
            name: self.branch(below, f'{place}/{name}', depth + 1)
            for name, below in part.items()
        }

    def leaf(self, leaf: Any, place: str) -> str:
        name = self.names.get(leaf) if type(leaf) in (int, str) else None
        if name is None:
            raise ValueError(f'{self.path}: {leaf!r} in {place!r} is no class')
        if name in self.places:
            raise ValueError(
                f'{self.path}: class {name!r} is in {self.places[name]!r} and in '
                f'{place!r}'
            )
        self.places[name] = place
        return name
