"""A small Food-101N, and the Food-101 that tests it, in the layouts of the releases.

With the odd rows of Food-101N: a verified image that the image list has under another
class, and an image that is not there.
"""

from pathlib import Path

from mmpretrain.datasets.categories import FOOD101_CATEGORIES

from .images import write_image

KEYS = [
    f'{name}/{number:04d}{len(name):028x}.jpg'
    for number, name in enumerate(FOOD101_CATEGORIES + FOOD101_CATEGORIES[:20])
]
MISSING = KEYS[50]
ODD = f'hot_and_sour_soup/{KEYS[3].partition("/")[2]}'  # listed as beef_carpaccio
VERIFIED_TRAIN = {key: int(row % 3 > 0) for row, key in enumerate(KEYS[:60])}
VERIFIED_TRAIN[ODD] = 0
VERIFIED_VAL = {key: int(row % 2) for row, key in enumerate(KEYS[60:75])}


def write_food101n(root: Path, images: bool = True) -> Path:
    """Write Food-101N."""
    meta = root / 'meta'
    meta.mkdir(parents=True, exist_ok=True)
    _write(meta / 'classes.txt', ['class_name', *FOOD101_CATEGORIES])
    _write(meta / 'imagelist.tsv', ['class_name/key', *KEYS])
    for name, labels in dict(train=VERIFIED_TRAIN, val=VERIFIED_VAL).items():
        rows = [f'{key}\t{label}' for key, label in labels.items()]
        header = 'class_name/key\tverification_label'
        _write(meta / f'verified_{name}.tsv', [header, *rows])
    for number, key in enumerate(KEYS if images else ()):
        if key != MISSING:
            write_image(root / 'images' / key, number)
    return root


def write_food101(root: Path) -> Path:
    """Write Food-101, one image for each class and split."""
    (root / 'meta').mkdir(parents=True, exist_ok=True)
    for split, first in dict(train=1000, test=2000).items():
        keys = [
            f'{name}/{number}' for number, name in enumerate(FOOD101_CATEGORIES, first)
        ]
        _write(root / 'meta' / f'{split}.txt', keys)
        for number, key in enumerate(keys):
            write_image(root / 'images' / f'{key}.jpg', number)
    return root


def _write(path: Path, lines: list[str]) -> None:
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
