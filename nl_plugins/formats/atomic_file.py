"""Write a file so that a reader sees the old content or the new, never a part."""

import json
import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ..checks import check_choice

__all__ = ['atomic_write', 'write_json']


@contextmanager
def atomic_write(
    path: str | os.PathLike, mode: str = 'w', **settings: Any
) -> Iterator[IO[Any]]:
    """Open a temporary file that becomes ``path`` when the block succeeds.

    It lies in the folder of ``path`` (renaming is atomic only within a file system) and
    is removed when the block raises. A process killed in the block leaves ``path``
    untouched. The target of a symbolic link is replaced, not the link. Parent folders
    are created. The mode is ``'w'`` (text, UTF-8 by default, whatever the locale) or
    ``'wb'``; ``encoding``, ``errors`` and ``newline`` are those of :func:`open`.
    """
    if check_choice('mode', mode, ('w', 'wb')) == 'w':
        settings.setdefault('encoding', 'utf-8')
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f'.{secrets.token_hex(8)}.tmp'
    # 'x' instead of `tempfile`: the umask decides who may read the result.
    try:
        with open(temporary, mode.replace('w', 'x'), **settings) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def write_json(
    path: str | os.PathLike, content: Any, indent: int | None = None
) -> None:
    """Write JSON atomically; what is not finite, which JSON lacks, becomes null."""
    with atomic_write(path) as file:
        json.dump(_finite(content), file, indent=indent, allow_nan=False)
        file.write('\n')


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system can."""
    with suppress(OSError):  # Windows opens no folder, some network drives do not sync
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
