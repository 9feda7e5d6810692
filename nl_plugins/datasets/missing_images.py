"""Which of the images that an annotation file names are not there."""

from collections.abc import Sequence

import numpy as np
from mmengine.fileio import isfile, list_dir_or_file

from ..formats.text_lines import line_naming
from .string_column import StringColumn

__all__ = ['missing_images', 'where_named']


def missing_images(paths: StringColumn) -> np.ndarray:
    """Look for all images; each folder is listed once, which is cheap.

    Args:
        paths: On any backend of MMEngine that can list folders.

    Returns:
        (n,) int64, the rows whose path is no file, ascending.
    """
    folders: dict[str, set[str]] = {}
    missing = []
    for row, path in enumerate(paths):
        folder, _, name = path.rpartition('/')
        if folder not in folders:
            folders[folder] = _files(folder)
        # a list leaves out files whose name begins with a dot
        if name not in folders[folder] and not isfile(path):
            missing.append(row)
    return np.array(missing, dtype=np.int64)


def where_named(
    lists: Sequence[str], path: str, backend_args: dict | None = None
) -> str:
    """Which line of some lists names an image, in brackets for a message.

    Args:
        lists: Text files.
        path: Of the image.
        backend_args: Of the lists' backend.

    Returns:
        '' if none does.
    """
    for name in lists:
        line = line_naming(name, path, backend_args)
        if line is not None:
            return f' ({name}, line {line})'
    return ''


def _files(folder: str) -> set[str]:
    try:
        return set(list_dir_or_file(folder or '.', list_dir=False))
    except PermissionError:
        raise
    except (OSError, ValueError):  # no such folder; a name that none can have
        return set()
