"""Tell a user what is wrong with an input, without the traceback of a fault here."""

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb

from ..visualization.text import visible_text

__all__ = ['told_errors']


@contextmanager
def told_errors(command: str) -> Iterator[None]:
    """End the program with a message where a file or setting of the user is at fault.

    Control characters in it, as a file name may have them, are escaped. A RuntimeError
    that another library raised (torch, say) is a fault of the program, not of an input:
    it keeps its traceback.

    Raises:
        SystemExit: Instead of a ValueError, an OSError or a RuntimeError of our own.

    >>> with told_errors('find'):
    ...     raise ValueError('no image')
    Traceback (most recent call last):
        ...
    SystemExit: nl-plugins find: no image
    """
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _is_ours(error):
            raise
        lines = map(visible_text, str(error).split('\n'))
        raise SystemExit(f'nl-plugins {command}: ' + '\n'.join(lines)) from error


def _is_ours(error: RuntimeError) -> bool:
    *_, (frame, _) = walk_tb(error.__traceback__)
    return frame.f_globals.get('__name__', '').startswith('nl_plugins.')
