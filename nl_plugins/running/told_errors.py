"""Tell a user what is wrong with an input, without the traceback of a fault here."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..visualization.text import visible_text

__all__ = ['told_errors']


@contextmanager
def told_errors(command: str) -> Iterator[None]:
    """End the program with a message where a file or setting of the user is at fault.

    Control characters in it, as a file name may have them, are escaped.

    Raises:
        SystemExit: Instead of a ValueError, an OSError or a RuntimeError.

    >>> with told_errors('find'):
    ...     raise ValueError('no image')
    Traceback (most recent call last):
        ...
    SystemExit: nl-plugins find: no image
    """
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        lines = map(visible_text, str(error).split('\n'))
        raise SystemExit(f'nl-plugins {command}: ' + '\n'.join(lines)) from error
