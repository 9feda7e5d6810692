"""A dataset below its wrappers, and what is seen of its samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mmcv.transforms import LoadImageFromFile
from mmpretrain.datasets import KFoldDataset

from ..datasets.nested import nested
from ..datasets.plain_path import plain_path
from ..formats.fingerprint import digest
from .finding import Finding
from .image_check import ImageFacts, ImageProblem, ImageStatus, check_image
from .look_alikes import LOOK_SIZE

__all__ = [
    'DECODED',
    'MEASURED',
    'NO_LABEL',
    'ODD_LABEL',
    'SURVEY',
    'TRAIN',
    'UNREAD',
    'Part',
]

TRAIN = 'train'
MEASURED = ('val', 'test', 'val and test')
DECODED = (ImageStatus.OK, ImageStatus.UNDECODABLE, ImageStatus.PARTIAL)

# What stands in the place of a label: the sample has none, or something that is not
# one integer, or its annotation cannot be read.
NO_LABEL = np.iinfo(np.int64).min
ODD_LABEL, UNREAD = NO_LABEL + 1, NO_LABEL + 2

# sample_idx: -1 where there is none; path, content: digests, empty where there is none;
# width, height: pixels of an image file, 0 where there is none or it was not decoded
_INTEGERS = ('label', 'true_label', 'verification', 'sample_idx')
_OTHERS: list[Any] = [('path', 'S16'), ('status', np.uint8), ('content', 'S16')]
_OTHERS += [('width', np.uint32), ('height', np.uint32), ('look', np.uint8, LOOK_SIZE)]
SURVEY = np.dtype([*((name, np.int64) for name in _INTEGERS), *_OTHERS])


@dataclass(eq=False)
class Part:
    """A dataset that holds samples itself, and what was seen of them."""

    name: str  # how to call it in a message
    split: str  # 'train', one of `MEASURED`, or where a hook's dataset is named
    dataset: Any  # below Repeat-, ClassBalanced-, KFold- and ConcatDataset
    whole: bool  # False for the folds of a KFoldDataset
    start: int  # number of its first sample, counted through all parts
    num_classes: int | None  # of the model; None if it is unknown

    def __post_init__(self) -> None:
        metainfo = getattr(self.dataset, 'metainfo', None) or {}
        self.class_names: Sequence[str] = tuple(metainfo.get('classes') or ())
        transforms = getattr(getattr(self.dataset, 'pipeline', None), 'transforms', ())
        loaders = (t for t in transforms if isinstance(t, LoadImageFromFile))
        self.loader: LoadImageFromFile | None = next(loaders, None)
        self.chosen = np.ones(len(self), bool)  # (N,), whose images are decoded
        self.survey = np.zeros(len(self), SURVEY)  # (N,) records

    def __len__(self) -> int:
        return len(self.dataset)

    @property
    def decoded(self) -> np.ndarray:
        """(n,) indices of the chosen samples whose images could be read."""
        return np.flatnonzero(self.chosen & np.isin(self.survey['status'], DECODED))

    @property
    def label_limit(self) -> int | None:
        """Labels must be below this: the model's classes, else the dataset's."""
        return self.num_classes or len(self.class_names) or None

    @property
    def published_count(self) -> int | None:
        """What ``PUBLISHED_COUNTS`` of the dataset says of its ``split``.

        None for a dataset that says nothing, and where only some samples are used.
        """
        chain = list(nested(self.dataset))
        chosen = (getattr(d, '_indices', None) is not None for d in chain)
        folds = (isinstance(d, KFoldDataset) or hasattr(d, 'datasets') for d in chain)
        if not self.whole or any(chosen) or any(folds):
            return None
        counts = getattr(chain[-1], 'PUBLISHED_COUNTS', None) or {}
        return counts.get(getattr(chain[-1], 'split', None))

    def look(self, indices: np.ndarray) -> np.ndarray:
        """Read annotations and look at images; (n,) records of :data:`SURVEY`."""
        return np.array([_record(self, index) for index in indices.tolist()], SURVEY)

    def sample(self, index: int) -> dict[str, Any]:
        """Its ``part, sample_idx, img_path, label``; None for what it does not have."""
        label, path = int(self.survey['label'][index]), None
        if label != UNREAD:
            path = self.dataset.get_data_info(index).get('img_path')
        return dict(
            part=self.name,
            sample_idx=index,
            img_path=str(path) if path else None,
            label=label if label > UNREAD else None,
        )

    def finding(
        self, level: str, check: str, message: str, advice: str, indices: Any = ()
    ) -> Finding:
        """What is wrong with samples of this part, (n,) indices of it."""
        samples = self.start + np.asarray(indices, dtype=np.int64)
        return Finding(level, check, self.name, message, advice, samples)


def _record(part: Part, index: int) -> tuple:
    try:
        info = part.dataset.get_data_info(index)
    except Exception:  # `image_findings` tells it
        return UNREAD, -1, -1, -1, b'', ImageStatus.UNKNOWN, b'', 0, 0, 0
    status, facts = ImageStatus.OK, ImageFacts()
    try:
        facts = check_image(info, part.loader, bool(part.chosen[index]))
    except ImageProblem as problem:
        status = problem.status
    label = _integer(info.get('gt_label'), NO_LABEL)
    others = (_integer(info.get(name), -1) for name in _INTEGERS[1:])
    path = plain_path(str(info.get('img_path') or ''))
    key = digest(path.encode('utf-8', 'surrogatepass')) if path else b''
    *seen, look = facts
    shown = np.frombuffer(look.ljust(LOOK_SIZE, b'\0'), dtype=np.uint8)
    return label, *others, key, status, *seen, shown


def _integer(value: Any, none: int) -> int:
    if value is None:
        return none
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return ODD_LABEL
    if array.size != 1 or array.dtype.kind not in 'iu':
        return ODD_LABEL
    number = int(array.item())
    return number if abs(number) < 1 << 62 else ODD_LABEL
