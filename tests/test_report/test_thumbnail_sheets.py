import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nl_plugins.report.thumbnail_sheets import GUTTER, SIDE, write_sheets

RED, BLUE = (220, 20, 20), (20, 20, 220)


def encoded(image, kind='PNG', **settings):
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def thumbnails(folder, pictures, **settings):
    def load(index):
        if isinstance(pictures[index], Exception):
            raise pictures[index]
        return pictures[index]

    order = settings.pop('order', np.arange(len(pictures)))
    sheets = write_sheets(folder, load, order, **settings)
    found = []
    for place, size in zip(sheets.places, sheets.sizes.tolist()):
        sheet, place = divmod(int(place), SIDE * SIDE)
        if sheet < 0:
            found.append(None)
            continue
        x, y = (sheets.cells[sheet] * n + GUTTER for n in (place % SIDE, place // SIDE))
        with Image.open(folder / f'{sheet}.jpg') as image:
            found.append(np.asarray(image.crop((x, y, x + size[0], y + size[1]))))
    return sheets, found


def solid(colour, width, height):
    return np.full((height, width, 3), colour, dtype=np.uint8)


def mean(image):
    return image.reshape(-1, 3).mean(axis=0)


def test_each_sample_is_where_it_is_said_to_be(tmp_path):
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (60, 3))
    pictures = [solid(c, 20, 10) for c in colours]
    order = rng.permutation(60)
    sheets, found = thumbnails(tmp_path, pictures, order=order, workers=3)
    assert sheets.places[order].tolist() == list(range(60))
    assert sorted(p.name for p in tmp_path.iterdir()) == ['0.jpg', '1.jpg', '2.jpg']
    for colour, image in zip(colours, found):
        assert image.shape == (10, 20, 3)
        assert mean(image) == pytest.approx(colour, abs=6)


def test_large_images_shrink_and_small_ones_stay(tmp_path):
    pictures = [
        solid(RED, 400, 100),
        encoded(Image.fromarray(solid(BLUE, 30, 4000)), 'JPEG'),
        np.full((1, 1), 128, np.uint8),
        np.full((8, 6, 1), 128, np.uint8),
    ]
    sheets, found = thumbnails(tmp_path, pictures, size=64)
    assert sheets.sizes.tolist() == [[64, 16], [1, 64], [1, 1], [6, 8]]
    assert sheets.cells == [64 + 2 * GUTTER]
    assert mean(found[0]) == pytest.approx(RED, abs=8)


def test_every_mode_of_image_files(tmp_path):
    base = Image.fromarray(solid(RED, 16, 16))
    clear = base.convert('RGBA')
    clear.putalpha(0)
    ramp = np.linspace(0, 65535, 256).reshape(16, 16)
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    wide = Image.fromarray(np.hstack([solid(RED, 16, 16), solid(BLUE, 16, 16)]))
    pictures = [
        encoded(base.convert('P')),
        encoded(base.convert('CMYK'), 'JPEG'),
        encoded(clear),
        encoded(Image.fromarray(ramp.astype(np.uint16))),
        encoded(wide, 'JPEG', exif=turned),
        encoded(base.convert('1')),
        encoded(base.convert('LA')),
        encoded(base, 'GIF'),
    ]
    sheets, found = thumbnails(tmp_path, pictures)
    assert sheets.problems == {}
    assert mean(found[0]) == pytest.approx(RED, abs=12)
    assert mean(found[1]) == pytest.approx(RED, abs=12)
    assert mean(found[2]) == pytest.approx((255, 255, 255), abs=4)
    assert mean(found[3]) == pytest.approx((127, 127, 127), abs=4)
    assert found[4].shape == (32, 16, 3)
    assert mean(found[4][:12]) == pytest.approx(RED, abs=30)


def test_what_is_no_image_is_left_out_and_told(tmp_path):
    whole = encoded(Image.fromarray(solid(RED, 60, 60)), 'JPEG')
    pictures = [
        b'',
        b'<html>not found</html>',
        whole[: len(whole) // 2],
        FileNotFoundError('no \u202e\nfile'),
        np.zeros((4, 4, 3), np.float64),
        whole,
    ]
    sheets, found = thumbnails(tmp_path, pictures)
    assert sorted(sheets.problems) == [0, 1, 2, 3, 4]
    assert sheets.places.tolist() == [-1] * 5 + [5]
    assert sheets.problems[3] == r'FileNotFoundError: no \u202e\nfile'
    assert all(text.isprintable() for text in sheets.problems.values())
    assert mean(found[5]) == pytest.approx(RED, abs=6)


def test_without_pictures_there_are_no_sheets():
    sheets = write_sheets(Path('nowhere'), None, np.arange(3))
    assert sheets.places.tolist() == [-1, -1, -1]
    assert sheets.cells == []
