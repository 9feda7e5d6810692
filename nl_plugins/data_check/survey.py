"""The annotations and the presence of the files: what needs no look into them."""

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Any

import numpy as np
from mmengine import fileio

from .image_loader import ImageLoader
from .image_status import ImageStatus

if TYPE_CHECKING:
    from .parts import Part

__all__ = [
    'NO_LABEL',
    'ODD_LABEL',
    'SURVEY',
    'annotation_error',
    'digest',
    'survey_samples',
]

NO_LABEL = np.iinfo(np.int64).min
ODD_LABEL = NO_LABEL + 1

# label: NO_LABEL where there is none, ODD_LABEL where it is not one integer;
# sample_idx: -1 where there is none; path: digest of the path, empty without one
SURVEY = np.dtype(
    [
        ('label', np.int64),
        ('true_label', np.int64),
        ('verification', np.int64),
        ('sample_idx', np.int64),
        ('path', 'S16'),
        ('status', np.uint8),
    ]
)


def survey_samples(part: 'Part', rows: np.ndarray) -> np.ndarray:
    """Read the annotations of samples and look whether their files are there.

    Returns:
        (n,) records of :data:`SURVEY`.
    """
    return np.array([_record(part, row) for row in rows.tolist()], SURVEY)


def _record(part: 'Part', row: int) -> tuple:
    try:
        info = part.dataset.get_data_info(row)
    except Exception:  # of the user's data; `annotation_error` tells it again
        return NO_LABEL, -1, -1, -1, b'', ImageStatus.UNKNOWN
    path = info.get('img_path')
    local = path is not None and part.loader.is_local(str(path))
    return (
        _integer(info.get('gt_label'), NO_LABEL),
        _integer(info.get('true_label'), -1),
        _integer(info.get('verification'), -1),
        _integer(info.get('sample_idx'), -1),
        _path_digest(str(path), local) if path else b'',
        _presence(info, part.loader, local),
    )


def annotation_error(part: 'Part', row: int) -> str:
    """Why ``get_data_info`` fails."""
    try:
        part.dataset.get_data_info(row)
    except Exception as error:
        return f'{type(error).__name__}: {error}'
    return 'it did not fail this time'


def digest(content: bytes) -> bytes:
    """16 bytes that tell contents apart."""
    return hashlib.blake2b(content, digest_size=16).digest()


def _integer(value: Any, default: int) -> int:
    if value is None:
        return default
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return ODD_LABEL
    if array.size != 1 or array.dtype.kind not in 'iu':
        return ODD_LABEL
    number = int(array.item())
    return number if abs(number) < 1 << 62 else ODD_LABEL


def _path_digest(path: str, local: bool) -> bytes:
    name = os.path.abspath(path) if local else path
    return digest(name.encode('utf-8', 'surrogatepass'))


def _presence(info: dict, loader: ImageLoader, local: bool) -> ImageStatus:
    path = info.get('img_path')
    if info.get('img') is not None and not loader.reads_files:
        return ImageStatus.OK
    if not path:
        return ImageStatus.ABSENT
    if local:
        return _local_presence(str(path))
    try:
        there = fileio.exists(str(path), backend_args=loader.backend_args)
    except Exception:  # a backend that cannot tell, as HTTP: reading it will
        there = True
    return ImageStatus.OK if there else ImageStatus.MISSING


def _local_presence(path: str) -> ImageStatus:
    try:
        # A pipe must not be opened: that would wait for its other end.
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return ImageStatus.DIRECTORY
        if not stat.S_ISREG(mode):
            return ImageStatus.UNREADABLE
        with open(path, 'rb') as file:
            size = os.fstat(file.fileno()).st_size
    except (FileNotFoundError, NotADirectoryError):
        return ImageStatus.MISSING
    except PermissionError:
        return ImageStatus.FORBIDDEN
    except (OSError, ValueError):  # ValueError: a null character in the name
        return ImageStatus.UNREADABLE
    return ImageStatus.OK if size else ImageStatus.EMPTY
