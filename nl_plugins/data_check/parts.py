"""A dataset below its wrappers, and what is seen of its samples."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from mmcv.transforms import LoadImageFromFile

from .finding import Finding
from .image_status import ImageStatus

__all__ = ['DECODED', 'NO_LABEL', 'ODD_LABEL', 'SURVEY', 'TRAIN', 'UNREAD', 'Part']

TRAIN = 'train'
DECODED = (ImageStatus.OK, ImageStatus.UNDECODABLE, ImageStatus.PARTIAL)

# What stands in the place of a label: the sample has none, or something that is not
# one integer, or its annotation cannot be read.
NO_LABEL = np.iinfo(np.int64).min
ODD_LABEL, UNREAD = NO_LABEL + 1, NO_LABEL + 2

# sample_idx: -1 where there is none; path, content: digests, empty where there is none
SURVEY = np.dtype(
    [
        ('label', np.int64),
        ('true_label', np.int64),
        ('verification', np.int64),
        ('sample_idx', np.int64),
        ('path', 'S16'),
        ('status', np.uint8),
        ('content', 'S16'),
    ]
)


class Part:
    """A dataset that holds samples itself, and what was seen of them.

    Attributes:
        name: How to call it in a message.
        split: ``'train'``, ``'val'``, ``'test'``, or ``'val and test'`` where both
            are the same data.
        dataset: Below Repeat-, ClassBalanced-, KFold- and ConcatDataset.
        whole: False for the folds of a KFoldDataset.
        start: Number of its first sample, counted through all parts.
        num_classes: Number of classes of the model; None if it is unknown.
        class_names: Empty if the dataset names none.
        loader: What reads image files in its pipeline, if anything does.
        chosen: (N,) bool, whose images are decoded.
        survey: (N,) records of :data:`SURVEY`.
    """

    def __init__(
        self,
        name: str,
        split: str,
        dataset: Any,
        whole: bool,
        start: int,
        num_classes: int | None,
    ) -> None:
        self.name, self.split, self.dataset, self.whole = name, split, dataset, whole
        self.start, self.num_classes = start, num_classes
        metainfo = getattr(dataset, 'metainfo', None) or {}
        self.class_names: Sequence[str] = tuple(metainfo.get('classes') or ())
        transforms = getattr(getattr(dataset, 'pipeline', None), 'transforms', ())
        loaders = (t for t in transforms if isinstance(t, LoadImageFromFile))
        self.loader: LoadImageFromFile | None = next(loaders, None)
        self.chosen = np.ones(len(self), bool)
        self.survey = np.zeros(len(self), SURVEY)

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

    def datasets(self, top: Any = None) -> Iterator[Any]:
        """The dataset (or ``top``) and, if it is a wrapper, those below it."""
        top = self.dataset if top is None else top
        yield top
        children = getattr(top, 'datasets', None) or [getattr(top, 'dataset', None)]
        for child in children:
            if child is not None:
                yield from self.datasets(child)

    def sample(self, index: int) -> dict:
        """What identifies a sample: ``part, sample_idx, img_path, label``.

        The last two are None where the sample has none (of its own).
        """
        label, path = int(self.survey['label'][index]), None
        if label != UNREAD:
            path = self.dataset.get_data_info(index).get('img_path')
        return dict(
            part=self.name,
            sample_idx=index,
            img_path=str(path) if path else None,
            label=None if label <= UNREAD else label,
        )

    def finding(
        self,
        level: str,
        check: str,
        message: str,
        advice: str,
        indices: Sequence[int] | np.ndarray = (),
    ) -> Finding:
        """What is wrong with samples of this part."""
        samples = self.start + np.asarray(indices, dtype=np.int64)
        return Finding(level, check, self.name, message, advice, samples)
