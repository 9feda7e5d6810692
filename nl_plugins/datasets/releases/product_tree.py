"""The tree of a product catalogue, whose leaves are the classes."""

from collections.abc import Sequence
from typing import Any

from ...formats.json_file import read_json

__all__ = ['read_product_tree']

_DEEPEST = 20


def read_product_tree(
    path: str, classes: Sequence[str], backend_args: dict | None = None
) -> dict[str, Any]:
    """Nested JSON objects whose innermost values list classes, as tuples of names.

    AliProducts' has four levels: ``{"level1_node1": {"level2_node1": {"level3_node1":
    ["00000", "00001"]}}}``. A class may also be its number; not all need be there.

    Raises:
        ValueError: Naming the file and the branch: if it is no such tree, a leaf is no
            class, or a class is in two places.
    """
    names = dict(zip(classes, classes)) | dict(enumerate(classes))
    places: dict[str, str] = {}

    def branch(part: Any, place: str, depth: int) -> Any:
        if isinstance(part, list):
            return tuple(leaf(name, place) for name in part)
        if not isinstance(part, dict) or depth > _DEEPEST:
            raise ValueError(
                f'{path}: {place!r} is no list of classes and no object of branches'
            )
        return {
            name: branch(below, f'{place}/{name}', depth + 1)
            for name, below in part.items()
        }

    def leaf(value: Any, place: str) -> str:
        name = names.get(value) if type(value) in (int, str) else None
        if name is None:
            raise ValueError(f'{path}: {value!r} in {place!r} is no class')
        if name in places:
            raise ValueError(
                f'{path}: class {name!r} is in {places[name]!r} and in {place!r}'
            )
        places[name] = place
        return name

    tree = read_json(path, backend_args)
    if not isinstance(tree, dict):
        raise ValueError(f'{path}: expected an object of branches')
    return branch(tree, '', 0)
