"""Where a file is in a list that names it with fewer of its folders."""

from collections.abc import Mapping

__all__ = ['place_of_path']


def place_of_path(path: str, places: Mapping[str, int]) -> int | None:
    """The place of a path, or of what is left of it without its first folders.

    >>> place_of_path('/data/cat/1.png', {'1.png': 0, 'cat/1.png': 1})
    1
    >>> place_of_path('/data/cat/2.png', {'1.png': 0})
    """
    while path not in places:
        _, separator, path = path.partition('/')
        if not separator:
            return None
    return places[path]
