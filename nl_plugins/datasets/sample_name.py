"""What to call a sample in a message."""

from typing import Any

__all__ = ['sample_name']


def sample_name(index: int, path: Any) -> str:
    """Its number and, where it has one, the path of its image.

    >>> sample_name(3, 'cat/1.png'), sample_name(3, None)
    ("sample 3 ('cat/1.png')", 'sample 3')
    """
    return f'sample {index} ({path!r})' if path else f'sample {index}'
