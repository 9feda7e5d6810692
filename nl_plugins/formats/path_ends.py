"""A file may be named with more or fewer of its folders."""

from collections.abc import Iterator

__all__ = ['path_ends']


def path_ends(path: str) -> Iterator[str]:
    """The path, and what is left of it without its first folders, the longest first.

    >>> [*path_ends('/data/cat/1.png')]
    ['/data/cat/1.png', 'data/cat/1.png', 'cat/1.png', '1.png']
    """
    while path:
        yield path
        path = path.partition('/')[2]
