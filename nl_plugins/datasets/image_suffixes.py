"""How the names of image files end."""

from base64 import b64decode

import cv2
import numpy as np

__all__ = ['image_suffixes']

_ALWAYS = '.jpg .jpeg .jfif .png .bmp .ppm .pgm .tif .tiff .webp'
_TRIED = {  # one black pixel each
    '.gif': 'R0lGODdhAQABAIEAAAAAAAAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw==',
    '.avif': (
        'AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOltZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwa'
        'WN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAAHmlsb2MAAAAARAAAAQABAAAAAQAAAQ0AAA'
        'AaAAAAKGlpbmYAAAAAAAEAAAAaaW5mZQIAAAAAAQAAYXYwMUNvbG9yAAAAAGhpcHJwAAAASWlwY28'
        'AAAAUaXNwZQAAAAAAAAABAAAAAQAAAA5waXhpAAAAAAEIAAAADGF2MUOBABwAAAAAE2NvbHJuY2x4'
        'AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAIm1kYXQSAAoHGAAGmAhoNTINH/UV3/4sA'
        'JA1kW5ccA=='
    ),
}


def image_suffixes() -> tuple[str, ...]:
    """Of the formats that OpenCV decodes; ``.gif`` and ``.avif`` not in all versions.

    >>> '.jpg' in image_suffixes()
    True
    """
    tried = (suffix for suffix, content in _TRIED.items() if _is_decoded(content))
    return (*_ALWAYS.split(), *tried)


def _is_decoded(content: str) -> bool:
    pixels = np.frombuffer(b64decode(content), np.uint8)
    return cv2.imdecode(pixels, cv2.IMREAD_COLOR) is not None
