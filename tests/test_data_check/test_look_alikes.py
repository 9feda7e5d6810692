"""Pictures that were encoded again, among others."""

import cv2
import numpy as np
from image_folder import Folder, found

from nl_plugins.data_check.look_alikes import LOOK_SIZE, look_alikes, look_of


def picture(seed, size=(240, 200)):
    """Large and small shapes, as a photograph has them."""
    rng = np.random.default_rng(seed)
    image = sum(
        cv2.resize(rng.normal(0, 60 / 2**i, (2**i, 2**i, 3)), size, interpolation=3)
        for i in range(1, 6)
    )
    return np.clip(128 + image, 0, 255).astype(np.uint8)


def encoded(image, quality=60, scale=1.0):
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]


def looks(images):
    found = [look_of(image).ljust(LOOK_SIZE, b'\0') for image in images]
    return np.stack([np.frombuffer(look, np.uint8) for look in found])


def test_what_was_encoded_again_and_nothing_else():
    images = [picture(seed) for seed in range(40)]
    again = [cv2.imdecode(encoded(image, 40, 0.7), 1) for image in images[:20]]
    groups = [group.tolist() for group in look_alikes(looks(images + again))]
    assert sorted(groups) == [[i, 40 + i] for i in range(20)]


def test_what_says_too_little_looks_like_nothing():
    assert look_of(np.full((100, 100, 3), 200, np.uint8)) == b''
    assert look_of(picture(0)[:50]) == b''
    assert len(look_of(picture(0)[..., 0].astype(np.uint16) * 256)) == LOOK_SIZE
    assert [*look_alikes(np.zeros((3, LOOK_SIZE), np.uint8))] == []


def test_a_darker_one_is_another():
    image = picture(1)
    assert [*look_alikes(looks([image, (image * 0.6).astype(np.uint8)]))] == []


def test_they_are_told_once(tmp_path):
    folder = Folder(tmp_path)
    image = picture(3)
    for name, content in (
        ('train/ant 0.jpg', encoded(image, 95)),
        ('train/bee 1.jpg', encoded(image, 50)),
        ('train/cat 2.jpg', encoded(picture(4))),
        ('train/cat 5.jpg', encoded(picture(4))),  # the same content
        ('test/ant 0.jpg', encoded(image, 80, 0.8)),
    ):
        folder.write(name, content.tobytes())
    checked = folder.check()
    said = found(checked)
    sizes = [key for key in said if key[1] == 'image size']
    assert said[('warning', 'other label (by look)', 'train')] == [
        ['ant 0.jpg', 'bee 1.jpg']
    ]
    assert said[('warning', 'same label (by content)', 'train')] == [
        ['cat 2.jpg', 'cat 5.jpg']
    ]
    assert ('warning', 'overlap (by look)', 'val and test') in said
    assert len(said) == 3 + len(sizes)
