"""A small data set of image files in which faults can be planted."""

import io
from pathlib import Path

import numpy as np
from mmengine.config import Config
from PIL import Image

import nl_plugins  # noqa: F401  (registers the components)
from nl_plugins.data_check.check import check_data

CLASSES = ['ant', 'bee', 'cat']
LOAD = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]


def jpeg(seed: int) -> bytes:
    """A picture of its own for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 20, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, 'JPEG')
    return file.getvalue()


class Folder:
    """12 images to train and 6 to test, three classes; ``lists`` may be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lists: dict[str, list[str]] = {}
        for split, count, first in (('train', 12, 0), ('test', 6, 100)):
            lines = []
            for i in range(count):
                name = f'{split}/{CLASSES[i % 3]} {i}.jpg'
                self.write(name, jpeg(first + i))
                lines.append(f'{name} {i % 3}')
            self.lists[split] = lines

    def path(self, name: str) -> Path:
        return self.root / name

    def write(self, name: str, content: bytes) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_bytes(content)

    def dataset(self, split: str, pipeline=LOAD, **changes) -> dict:
        """A CustomDataset that reads the list of the split."""
        text = ''.join(f'{line}\n' for line in self.lists[split])
        (self.root / f'{split}.txt').write_text(text, encoding='utf-8')
        return {
            'type': 'CustomDataset',
            'data_root': str(self.root),
            'ann_file': f'{split}.txt',
            'classes': CLASSES,
            'test_mode': split == 'test',
            'pipeline': pipeline,
            **changes,
        }

    def config(self, train=None, test=None, num_classes=3, **changes) -> Config:
        test = test or self.dataset('test')
        return Config(
            {
                'default_scope': 'mmpretrain',
                'model': dict(head=dict(num_classes=num_classes)),
                'train_dataloader': dict(dataset=train or self.dataset('train')),
                'val_dataloader': dict(dataset=test),
                'test_dataloader': dict(dataset=test),
                **changes,
            }
        )

    def check(self, *args, workers=0, fast=False, **changes):
        return check_data(self.config(*args, **changes), workers, fast)


def found(checked) -> dict:
    """From (level, check, where) to the file names, or groups of them."""
    result = {}
    for finding in checked.findings:
        names = []
        for number in finding.samples.tolist():
            part, row = checked.locate(number)
            sample = part.sample(row)
            path = sample['img_path']
            names.append(row if path is None else path.rsplit('/', 1)[-1])
        if finding.groups is not None:
            groups = {}
            for group, name in zip(finding.groups.tolist(), names):
                groups.setdefault(group, []).append(name)
            names = list(groups.values())
        key = (finding.level, finding.check, finding.where)
        assert key not in result
        result[key] = names
    return result
