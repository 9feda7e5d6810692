"""Decode images as the pipeline would, and see whether they are whole."""

import io
from typing import TYPE_CHECKING, Any

import mmcv
import numpy as np
from mmengine import fileio
from PIL import Image, UnidentifiedImageError

from .image_loader import ImageLoader
from .image_status import ImageStatus
from .survey import digest

if TYPE_CHECKING:
    from .parts import Part

__all__ = ['IMAGE', 'check_image', 'check_images']

# digest: of the content; empty where the image is not OK
IMAGE = np.dtype([('status', np.uint8), ('digest', 'S16')])


def check_images(part: 'Part', rows: np.ndarray) -> np.ndarray:
    """Look into the images of samples.

    Returns:
        (n,) records of :data:`IMAGE`.
    """
    infos = (part.dataset.get_data_info(row) for row in rows.tolist())
    return np.array([check_image(info, part.loader) for info in infos], IMAGE)


def check_image(info: dict, loader: ImageLoader) -> tuple[ImageStatus, bytes]:
    """Decode one image, and hash its content while it is at hand."""
    if info.get('img') is not None and not loader.reads_files:
        return _check_array(info['img'])
    try:
        content = fileio.get(str(info['img_path']), backend_args=loader.backend_args)
    except FileNotFoundError:  # deleted meanwhile, or remote
        return ImageStatus.MISSING, b''
    except Exception:
        return ImageStatus.UNREADABLE, b''
    if not content:
        return ImageStatus.EMPTY, b''
    try:
        image = mmcv.imfrombytes(content, loader.color_type, backend=loader.decoder)
    except Exception:
        image = None
    truncated = _is_truncated(content)
    if image is None:
        status = ImageStatus.TRUNCATED if truncated else ImageStatus.UNDECODABLE
        return status, b''
    if truncated:
        return ImageStatus.PARTIAL, b''
    return ImageStatus.OK, digest(content)


def _is_truncated(content: bytes) -> bool:
    """Whether an image lacks data or fails its checksums.

    OpenCV 4 decodes what there is of a truncated JPEG file, OpenCV 5 nothing. False
    also for what Pillow does not know.
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


def _check_array(image: Any) -> tuple[ImageStatus, bytes]:
    array = np.asarray(image)
    is_image = (
        array.ndim in (2, 3)
        and array.size > 0
        and array.dtype.kind in 'uif'
        and bool(np.isfinite(array).all())
    )
    if not is_image:
        return ImageStatus.MALFORMED, b''
    header = f'{array.dtype.str} {array.shape} '.encode()
    return ImageStatus.OK, digest(header + array.tobytes())
