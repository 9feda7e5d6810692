"""One spelling for all spellings of a path."""

from os.path import abspath

__all__ = ['plain_path']


def plain_path(path: str) -> str:
    """The same for all spellings of a local path; what is none stays as it is.

    >>> plain_path('images/./cat/../1.png') == plain_path('images//1.png')
    True
    >>> plain_path('s3://images//1.png'), plain_path('')
    ('s3://images//1.png', '')
    """
    return abspath(path) if path and '://' not in path else path
