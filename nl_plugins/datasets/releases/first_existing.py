"""Where something is that releases put in several places."""

from collections.abc import Sequence

from mmengine.fileio import exists

__all__ = ['first_existing']


def first_existing(
    paths: Sequence[str], what: str, backend_args: dict | None = None
) -> str:
    """The first of the paths that exists.

    Args:
        paths: Of files or folders, on any backend of MMEngine.
        what: Needs it, and what it needs, for the message.
        backend_args: Of the backend.

    Raises:
        FileNotFoundError: Naming all of them, if none does.
    """
    for path in paths:
        if exists(path, backend_args=backend_args):
            return path
    raise FileNotFoundError(f'{what}: there is neither {" nor ".join(paths)}')
