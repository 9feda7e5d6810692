"""A noisy dataset, of which some samples have a clean label as well."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS

from ...checks import check_count, check_fraction
from ...functional.numerics import exact_ceil
from ..gt_labels import check_range, gt_labels
from ..sample_columns import SampleColumns
from .inner_dataset import build_inner, leaf_datasets, shared_pipeline

__all__ = ['CleanLabels']


@DATASETS.register_module()
class CleanLabels(BaseDataset):
    """Tells which samples have a clean label that training may use.

    The clean labels come from a second dataset (``clean``: images that are in both, by
    ``img_path``, get both labels, the others are added after the noisy ones), or from
    the ``true_label`` of a ``fraction`` of the samples, which for experiments on fully
    known data stands for having those samples labelled again.

    ``gt_label`` becomes the best label known, the clean one where there is one, so any
    classifier trains on the union of clean and noisy data. Each sample also has

    - ``clean_label``, -1 where it has none,
    - ``noisy_label``, -1 where it has none (an image of ``clean`` alone),

    in its annotation, and PackInputs is made to pack them, whatever its meta keys. The
    samples are numbered anew, so ``sample_idx`` is unique, also over a ConcatDataset.

    Args:
        dataset: Config of (or a built) dataset with noisy labels.
        clean: Likewise with clean labels, of the same classes.
        fraction: Of the samples with a true label, in (0, 1], drawn evenly and rounded
            up.
        seed: Of the draw, which does not depend on synthetic noise of the same seed.
        clean_only: Leave out the samples without a clean label.
        pipeline: The inner datasets' by default.
        test_mode: Likewise.

    Attributes:
        clean_labels: (N,) int32, -1 where unknown.
        noisy_labels: (N,) int32, -1 where unknown.

    Raises:
        ValueError: If not exactly one of ``clean`` and ``fraction`` is given, there is
            no true label to draw from, an image has two clean labels, nothing packs the
            samples, or as :class:`NoisyLabels`.
    """

    def __init__(
        self,
        dataset: Any,
        clean: Any = None,
        fraction: float | None = None,
        seed: int = 0,
        clean_only: bool = False,
        pipeline: Sequence | None = None,
        test_mode: bool | None = None,
    ) -> None:
        if (clean is None) == (fraction is None):
            raise ValueError(
                'give CleanLabels either `clean`, a dataset with clean labels, or '
                '`fraction`, the share of the known true labels to use'
            )
        self.fraction = fraction
        if fraction is not None:
            check_fraction(fraction, 'fraction')
        self.seed = check_count(seed, 'seed', minimum=0)
        self.clean_only = clean_only
        self.dataset = build_inner(dataset)
        self.clean: Any = None if clean is None else build_inner(clean)
        leaves = leaf_datasets(self.dataset)
        if self.clean is not None:
            leaves += leaf_datasets(self.clean)
        super().__init__(
            ann_file='',
            pipeline=shared_pipeline(leaves) if pipeline is None else pipeline,
            test_mode=leaves[0].test_mode if test_mode is None else test_mode,
            serialize_data=False,
            lazy_init=True,
        )
        self.pipeline.transforms = _packing(self.pipeline.transforms)
        self.full_init()

    def load_data_list(self) -> np.ndarray:
        """Join the labels; the list itself holds rows, of ``dataset`` and ``clean``."""
        for dataset in filter(None, (self.dataset, self.clean)):
            dataset.full_init()
        self._metainfo = self.dataset.metainfo
        noisy = gt_labels(self.dataset, self._num_classes, 'the noisy dataset')
        if self.fraction is not None:
            clean = self._disclosed(self.fraction)
        else:
            clean, added = self._joined()
            clean = np.concatenate([clean, added])
            noisy = np.concatenate([noisy, np.full_like(added, -1)])
        rows = np.arange(len(clean))
        if self.clean_only:
            rows = rows[clean >= 0]
        self.clean_labels, self.noisy_labels = clean[rows], noisy[rows]
        return rows

    def _disclosed(self, fraction: float) -> np.ndarray:
        """(N,) the true label of a fraction of the samples that have one, else -1."""
        true = np.array(self._column(self.dataset, 'true_label', -1), dtype=np.int32)
        known = np.flatnonzero(true >= 0)
        if not len(known):
            raise ValueError(
                f'no sample of {type(self.dataset).__name__} has a `true_label` that '
                f'fraction={fraction} could be drawn from'
            )
        check_range(true[known], self._num_classes, 'the true labels')
        # PCG64's raw stream is the part of NumPy's generators that never changes. Not
        # the stream of `corrupt_labels`: who is drawn must tell nothing of the noise.
        keys = np.random.PCG64([self.seed, 1]).random_raw(len(known))
        drawn = np.argsort(keys, kind='stable')[: exact_ceil(fraction, len(known))]
        clean = np.full(len(true), -1, dtype=np.int32)
        clean[known[drawn]] = true[known[drawn]]
        return clean

    def _joined(self) -> tuple[np.ndarray, np.ndarray]:
        """The clean labels of the noisy images, and of those that are not noisy.

        ``self._added`` keeps the rows of the latter in ``clean``.
        """
        classes = self.clean.metainfo.get('classes')
        if classes != self._metainfo.get('classes'):
            raise ValueError(
                f'the clean dataset has the classes {classes}, the noisy one '
                f'{self._metainfo.get("classes")}'
            )
        labels = gt_labels(self.clean, self._num_classes, 'the clean dataset')
        row_at: dict[str, int] = {}
        self._added = []
        for row, path in enumerate(self._column(self.clean, 'img_path', None)):
            if not path:
                self._added.append(row)
            elif labels[row_at.setdefault(path, row)] != labels[row]:
                raise ValueError(
                    f'{path!r} has two clean labels, {labels[row_at[path]]} and '
                    f'{labels[row]}'
                )
        paths = self._column(self.dataset, 'img_path', None)
        rows = np.array([row_at.get(path, -1) for path in paths])
        self._added += set(row_at.values()).difference(rows.tolist())
        self._added.sort()
        return np.where(rows < 0, -1, labels[rows]), labels[self._added]

    @staticmethod
    def _column(dataset: Any, key: str, default: Any) -> Any:
        columns = getattr(dataset, 'columns', None)
        if isinstance(columns, SampleColumns):  # a million paths in a second
            known = dict(img_path=columns.paths, true_label=columns.true_labels)
            return [default] * len(columns) if known[key] is None else known[key]
        infos = (dataset.get_data_info(row) for row in range(len(dataset)))
        return [info.get(key, default) for info in infos]

    @property
    def _num_classes(self) -> int | None:
        classes = self._metainfo.get('classes')
        return None if classes is None else len(classes)

    def get_gt_labels(self) -> np.ndarray:
        """(N,) int32, the best known label of each sample."""
        clean = self.clean_labels
        return np.where(clean < 0, self.noisy_labels, clean)

    def get_data_info(self, idx: int) -> dict:
        """The inner dataset's sample with what is known of its label."""
        idx = range(len(self))[idx]
        row, size = int(self.data_list[idx]), len(self.dataset)
        if row < size:
            info = dict(self.dataset.get_data_info(row))
        else:
            info = dict(self.clean.get_data_info(self._added[row - size]))
        clean, noisy = int(self.clean_labels[idx]), int(self.noisy_labels[idx])
        info.update(clean_label=clean, noisy_label=noisy, sample_idx=idx)
        if clean >= 0:
            info.update(gt_label=clean, true_label=clean)
            if 'verification' in info:
                info['verification'] = 1
        return info

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        both = (self.clean_labels >= 0) & (self.noisy_labels >= 0)
        return [
            f'Clean labels: \t{(self.clean_labels >= 0).sum()}',
            f'Both labels: \t{both.sum()}',
        ]


def _packing(transforms: list) -> list:
    """The transforms, of which those with meta keys pack the labels too."""
    packing = []
    for transform in transforms:
        if hasattr(transform, 'meta_keys'):
            transform = copy.copy(transform)
            transform.meta_keys = (*transform.meta_keys, 'clean_label', 'noisy_label')
        packing.append(transform)
    if transforms and not any(hasattr(t, 'meta_keys') for t in packing):
        raise ValueError(
            'the pipeline does not pack which labels are clean: end it with PackInputs'
        )
    return packing
