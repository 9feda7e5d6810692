"""Whether one image is there, can be read, and is whole."""

import io
import os
import stat
from enum import IntEnum
from typing import NamedTuple

import mmcv
import numpy as np
from mmcv.transforms import LoadImageFromFile
from mmengine import fileio
from PIL import Image, UnidentifiedImageError

from ..formats.fingerprint import digest
from .look_alikes import look_of

__all__ = [
    'ImageFacts',
    'ImageProblem',
    'ImageStatus',
    'check_image',
]


class ImageStatus(IntEnum):
    """The state of an image; the value fits in a byte."""

    OK = 0
    MISSING = 1  # nothing is where the annotation says
    UNREADABLE = 2  # something is, but no content can be read
    UNDECODABLE = 3  # the content is no image to the pipeline
    PARTIAL = 4  # some of the content is lost, and the pipeline fills it in
    UNKNOWN = 5  # the annotation does not say where the image is


class ImageFacts(NamedTuple):
    """What is seen of an image that is OK; nothing if it was not decoded."""

    content: bytes = b''  # digest of the file or array
    width: int = 0  # pixels of a file; 0: not a file
    height: int = 0
    look: bytes = b''  # see `look_of`


class ImageProblem(Exception):
    """Raised for an image that is not OK; the message says why."""

    def __init__(self, status: ImageStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def _is_local(path: str, loader: LoadImageFromFile | None) -> bool:
    """Whether the loader would open the path as a file of this machine."""
    backend_args = getattr(loader, 'backend_args', None) or {}
    return backend_args.get('backend', 'local') == 'local' and '://' not in path


def check_image(
    info: dict, loader: LoadImageFromFile | None, decode: bool = True
) -> ImageFacts:
    """Decode an image as its pipeline would.

    Args:
        info: The annotation of the sample.
        loader: What reads image files in the pipeline; None where nothing does, and
            an ``img`` of the annotation, or its ``features``, are the image.
        decode: If not, only look whether the image is there and not empty.

    Raises:
        ImageProblem: If the image is not OK.
    """
    array = info.get('img', info.get('features'))
    if loader is None and array is not None:
        return ImageFacts(_array_digest(np.asarray(array)) if decode else b'')
    if not info.get('img_path'):
        reason = 'the sample has neither `img_path` nor `img`'
        raise ImageProblem(ImageStatus.UNKNOWN, reason)
    path, loader = str(info['img_path']), loader or LoadImageFromFile()
    try:
        if _is_local(path, loader):
            _check_file(path)
        elif not _exists(path, loader):
            raise FileNotFoundError
        content = fileio.get(path, backend_args=loader.backend_args) if decode else b''
    except (FileNotFoundError, NotADirectoryError):
        raise ImageProblem(ImageStatus.MISSING, f'there is no {path!r}') from None
    except Exception as error:  # of the disk, the network or the backend
        raise ImageProblem(ImageStatus.UNREADABLE, f'{path!r}: {error}') from error
    if not decode:
        return ImageFacts()
    if not content:
        raise ImageProblem(ImageStatus.UNREADABLE, f'{path!r}: it is empty (0 bytes)')
    return _decoded(path, content, loader)


def _check_file(path: str) -> None:
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise OSError('it is a directory')
    if not stat.S_ISREG(mode):  # to open a pipe would wait for its other end
        raise OSError('it is a pipe or a device')
    with open(path, 'rb') as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise OSError('it is empty (0 bytes)')


def _exists(path: str, loader: LoadImageFromFile) -> bool:
    try:
        return fileio.exists(path, backend_args=loader.backend_args)
    except Exception:  # a backend that cannot tell, as HTTP: reading it will
        return True


def _decoded(path: str, content: bytes, loader: LoadImageFromFile) -> ImageFacts:
    decoder = loader.imdecode_backend
    try:
        image = mmcv.imfrombytes(content, loader.color_type, backend=decoder)
    except Exception:
        image = None
    status = ImageStatus.UNDECODABLE if image is None else ImageStatus.PARTIAL
    if _is_truncated(content):
        raise ImageProblem(status, f'{path!r} is truncated or damaged')
    if image is None:
        raise ImageProblem(status, f'{path!r} is no image that {decoder} can decode')
    height, width = image.shape[:2]
    return ImageFacts(digest(content), width, height, look_of(image))


def _is_truncated(content: bytes) -> bool:
    """Whether an image lacks data or fails its checksums, as far as Pillow knows it.

    OpenCV 4 decodes what there is of a truncated JPEG file, OpenCV 5 nothing.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.verify()  # checksums of PNG
        with Image.open(io.BytesIO(content)) as image:
            image.draft('L', (1, 1))  # JPEG: read all data, but compute few pixels
            image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return False
    except Exception:
        return True
    return False


def _array_digest(array: np.ndarray) -> bytes:
    is_image = array.ndim in (2, 3) and array.size > 0 and array.dtype.kind in 'uif'
    if not is_image or not np.isfinite(array).all():
        reason = f'an array of {array.dtype} and shape {array.shape}: an image is two- '
        reason += 'or three-dimensional, not empty, and of finite numbers'
        raise ImageProblem(ImageStatus.UNDECODABLE, reason)
    return digest(f'{array.dtype.str} {array.shape} '.encode() + array.tobytes())
