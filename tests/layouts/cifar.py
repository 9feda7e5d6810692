"""A small CIFAR-10(N) and CIFAR-100(N) in the layouts of the releases."""

import hashlib
import pickle
from pathlib import Path

import numpy as np
import torch
from mmpretrain.datasets import CIFAR10, CIFAR100
from mmpretrain.datasets.categories import CIFAR10_CATEGORIES, CIFAR100_CATEGORIES

_FILES = {
    10: [*(f'data_batch_{i}' for i in range(1, 6)), 'test_batch'],
    100: ['train', 'test'],
}
_TRAIN_SIZE = {10: 50, 100: 200}
_SETS = {
    10: [
        'aggre_label',
        'random_label1',
        'random_label2',
        'random_label3',
        'worse_label',
    ],
    100: ['noisy_label'],
}


def labels(num_classes: int, split: str = 'train') -> np.ndarray:
    """The true labels."""
    size = _TRAIN_SIZE[num_classes] if split == 'train' else num_classes
    return (np.arange(size) * 7 + 3) % num_classes


def human_labels(num_classes: int) -> dict[str, np.ndarray]:
    """The arrays of the label file; set number i is wrong in i of ten rows."""
    clean = labels(num_classes)
    found = dict(clean_label=clean)
    for number, name in enumerate(_SETS[num_classes], 1):
        wrong = np.arange(len(clean)) % 10 < number
        found[name] = np.where(wrong, (clean + number) % num_classes, clean)
    return found


def images(num_classes: int, split: str = 'train') -> np.ndarray:
    """(N, 32, 32, 3) uint8."""
    rng = np.random.default_rng(num_classes + (split == 'test'))
    size = len(labels(num_classes, split))
    return rng.integers(0, 256, (size, 32, 32, 3), dtype=np.uint8)


def write_cifar(root: Path, num_classes: int, monkeypatch) -> Path:
    """Write the pickles and the label file, and make their checksums the right ones."""
    cls = CIFAR10 if num_classes == 10 else CIFAR100
    folder = root / cls.base_folder
    folder.mkdir(parents=True)
    files = _FILES[num_classes]
    for split, names in (('train', files[:-1]), ('test', files[-1:])):
        pixels = images(num_classes, split).transpose(0, 3, 1, 2).reshape(-1, 3072)
        true = labels(num_classes, split)
        parts = zip(
            np.array_split(pixels, len(names)), np.array_split(true, len(names))
        )
        checked = []
        for name, (data, values) in zip(names, parts):
            key = 'labels' if num_classes == 10 else 'fine_labels'
            content = pickle.dumps({'data': data, key: values.tolist()})
            (folder / name).write_bytes(content)
            checked.append([name, hashlib.md5(content).hexdigest()])
        monkeypatch.setattr(cls, f'{split}_list', checked)
    names = CIFAR10_CATEGORIES if num_classes == 10 else CIFAR100_CATEGORIES
    content = pickle.dumps({cls.meta['key']: list(names)})
    (folder / cls.meta['filename']).write_bytes(content)
    torch.save(human_labels(num_classes), root / f'CIFAR-{num_classes}_human.pt')
    return root
