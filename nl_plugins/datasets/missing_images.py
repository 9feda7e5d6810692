"""Which of the images that an annotation file names are not there."""

import numpy as np
from mmengine.fileio import isfile, list_dir_or_file

from .string_column import StringColumn

__all__ = ['missing_images']


def missing_images(paths: StringColumn) -> np.ndarray:
    """(n,) int64, the rows whose path is no file, ascending.

    On any backend of MMEngine that can list folders; each is listed once, for speed.
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


def _files(folder: str) -> set[str]:
    try:
        return set(list_dir_or_file(folder or '.', list_dir=False))
    except PermissionError:
        raise
    except (OSError, ValueError):  # no such folder; a name that none can have
        return set()
