"""Formats that this OpenCV decodes."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from nl_plugins.datasets.image_suffixes import image_suffixes


@pytest.mark.parametrize('suffix', ['.gif', '.avif', '.png'])
def test_they_are_taken_where_they_are_decoded(suffix):
    content = BytesIO()
    try:
        Image.new('RGB', (6, 8), 'red').save(content, suffix[1:])
    except (OSError, KeyError):
        pytest.skip('this Pillow writes no AVIF')
    found = cv2.imdecode(np.frombuffer(content.getvalue(), np.uint8), 1)
    assert (suffix in image_suffixes()) == (found is not None)


def test_an_older_opencv(monkeypatch):
    new, old = image_suffixes(), cv2.imdecode

    def decode(content, flags):
        later = content[:3].tobytes() == b'GIF' or b'avif' in content.tobytes()
        return None if later else old(content, flags)

    monkeypatch.setattr(cv2, 'imdecode', decode)
    assert [*image_suffixes()] == [s for s in new if s not in ('.gif', '.avif')]
