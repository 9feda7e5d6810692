"""A folder of coloured images with planted wrong labels, and a network for it."""

import io
from pathlib import Path

import numpy as np
from PIL import Image
from toy import TinyNet  # noqa: F401  (registers it)

COLOURS = dict(blue=(40, 40, 200), green=(40, 200, 40), red=(200, 40, 40))
NETWORK = """
model = dict(
    type='ImageClassifier',
    data_preprocessor=dict(mean=[127.0] * 3, std=[64.0] * 3, to_rgb=True),
    backbone=dict(type='TinyNet'),
    head=dict(type='LinearClsHead', num_classes=3, in_channels=8),
)
val_dataloader = dict(dataset=dict(pipeline=[
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=16),
    dict(type='PackInputs'),
]))
"""


def coloured(seed: int, colour: tuple, kind: str = 'PNG') -> bytes:
    rng = np.random.default_rng(seed)
    pixels = rng.normal(colour, 40, (16, 20, 3)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def write_images(root: Path, per_class: int = 20, every: int = 5) -> set[str]:
    """Write ``root/<colour>/<number>.png``; gives the names of the wrong ones."""
    names, wrong = list(COLOURS), set()
    for number, name in enumerate(names):
        (root / name).mkdir(parents=True)
        for i in range(per_class):
            true = names[(number + (i % every == 0)) % 3]
            content = coloured(100 * number + i, COLOURS[true])
            (root / name / f'{i}.png').write_bytes(content)
            if true != name:
                wrong.add(f'{name}/{i}.png')
    return wrong


def write_network(folder: Path) -> Path:
    path = folder / 'tiny.py'
    path.write_text(NETWORK)
    return path
