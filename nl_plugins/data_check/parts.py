"""The datasets of a config's dataloaders, below their wrappers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from mmengine.config import Config

from .dataset_leaves import try_leaves
from .finding import ERROR, Finding
from .image_loader import ImageLoader
from .image_status import ImageStatus
from .survey import NO_LABEL, ODD_LABEL, SURVEY

__all__ = ['TRAIN', 'Part', 'build_parts', 'locate']

TRAIN = 'train'


@dataclass(eq=False)
class Part:
    """A dataset that holds samples itself, and what was seen of them.

    Attributes:
        name: How to call it in a message.
        split: ``'train'``, ``'val'``, ``'test'``, or ``'val and test'`` where both
            are the same data.
        dataset: Below Repeat-, ClassBalanced-, KFold- and ConcatDataset.
        whole: False for the folds of a KFoldDataset.
        start: Number of its first sample, counted through all parts.
        class_names: Empty if the dataset names none.
        loader: How its pipeline reads an image file.
        survey: (N,) records of :data:`~.survey.SURVEY`.
        status: (N,) uint8 of :class:`~.image_status.ImageStatus`.
        digests: (N,) 16 bytes each, hashes of the content; empty where unknown.
        decoded: (n,) int64, the rows whose images were decoded.
    """

    name: str
    split: str
    dataset: Any
    whole: bool
    start: int
    class_names: Sequence[str]
    loader: ImageLoader
    survey: np.ndarray
    status: np.ndarray
    digests: np.ndarray
    decoded: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.dataset)

    def sample(self, row: int) -> dict:
        """What identifies a sample: ``part, sample_idx, img_path, label``.

        The last two are None where the sample has none (of its own).
        """
        path = None
        if self.survey['status'][row] != ImageStatus.UNKNOWN:
            path = self.dataset.get_data_info(row).get('img_path')
        label = int(self.survey['label'][row])
        return dict(
            part=self.name,
            sample_idx=row,
            img_path=str(path) if path else None,
            label=None if label in (NO_LABEL, ODD_LABEL) else label,
        )


def locate(parts: Sequence[Part], number: int) -> tuple[Part, int]:
    """The part and the row of a sample that is counted through all parts."""
    part = next(p for p in reversed(parts) if p.start <= number)
    return part, int(number) - part.start


def build_parts(cfg: Config) -> tuple[list[Part], list[Finding]]:
    """Build the datasets of all dataloaders.

    Returns:
        The parts, and a finding for every dataset that could not be built or holds
        nothing.

    Raises:
        ValueError: If the config has no dataloader, or one without a dataset.
    """
    configs = {
        split: _dataset_config(split, cfg[f'{split}_dataloader'])
        for split in (TRAIN, 'val', 'test')
        if cfg.get(f'{split}_dataloader') is not None
    }
    if not configs:
        raise ValueError(
            'the config has no dataloader: it needs train_dataloader, val_dataloader '
            'or test_dataloader (the configs in _base_ are only parts)'
        )
    if 'val' in configs and configs['val'] == configs.get('test'):
        configs['val and test'] = configs.pop('val')
        del configs['test']
    parts: list[Part] = []
    findings = []
    for split, dataset_cfg in configs.items():
        leaves, found = try_leaves(split, dataset_cfg)
        findings += found
        for number, (dataset, whole) in enumerate(leaves, 1):
            name = split if len(leaves) == 1 else f'{split}, part {number}'
            if len(dataset) == 0:
                findings.append(_empty(name))
                continue
            start = parts[-1].start + len(parts[-1]) if parts else 0
            parts.append(_part(name, split, dataset, whole, start))
    return parts, findings


def _dataset_config(split: str, dataloader: Any) -> Any:
    if not isinstance(dataloader, dict) or 'dataset' not in dataloader:
        raise ValueError(f'{split}_dataloader of the config has no dataset')
    return dataloader['dataset']


def _part(name: str, split: str, dataset: Any, whole: bool, start: int) -> Part:
    metainfo = getattr(dataset, 'metainfo', None) or {}
    return Part(
        name,
        split,
        dataset,
        whole,
        start,
        class_names=tuple(metainfo.get('classes') or ()),
        loader=ImageLoader.of(dataset),
        survey=np.zeros(len(dataset), SURVEY),
        status=np.zeros(len(dataset), np.uint8),
        digests=np.zeros(len(dataset), 'S16'),
    )


def _empty(name: str) -> Finding:
    return Finding(
        ERROR,
        'dataset',
        name,
        'it holds no sample',
        'look at its annotation file, `data_prefix`, `filter_cfg` and `indices`',
    )
