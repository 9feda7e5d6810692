"""A noisy dataset, in which some samples have a clean label as well."""

import copy
from typing import Any

import numpy as np
from mmpretrain.registry import DATASETS

from ...checks import check_count, check_fraction
from ...functional.numerics import exact_ceil
from ..class_names import check_class_names
from ..columns import check_range
from ..plain_path import plain_path
from ..sample_columns import SampleColumns
from .dataset_view import DatasetView

__all__ = ['CleanLabels']


@DATASETS.register_module()
class CleanLabels(DatasetView):
    """Tells which samples have a clean label that training may use.

    The clean labels come from a second dataset (``clean``: images that are in both, by
    ``img_path``, however spelled, get both labels, the others are added after the noisy
    ones), or from the ``true_label`` of a ``fraction`` of the samples, which for
    experiments on fully known data stands for having those samples labelled again.

    ``gt_label`` becomes the best label known, the clean one where there is one, so any
    classifier trains on the union of clean and noisy data. Each sample also has its
    ``clean_label`` and ``noisy_label``, -1 where it has none, and PackInputs is made to
    pack them, whatever its meta keys. The samples are numbered again, so ``sample_idx``
    is unique, also over a ConcatDataset.

    Args:
        dataset: Config of (or a built) dataset with noisy labels; ``clean`` is one with
            clean labels of the same classes.
        fraction: Share of the samples with a true label, in (0, 1], drawn evenly and
            rounded up.
        seed: Random seed of the draw; synthetic noise of the same seed does not matter.
        clean_only: Leave out the samples without a clean label.
        **kwargs: As in :class:`NoisyLabels`.

    Raises:
        ValueError: Unless one of ``clean`` and ``fraction`` is given, if there is no
            true label to draw from, an image has two clean labels, nothing packs the
            samples, or as :class:`NoisyLabels`.

    >>> digits = dict(type='Digits', pipeline=[dict(type='PackInputs')])
    >>> noise = dict(type='symmetric', rate=0.5)
    >>> noisy = dict(type='NoisyLabels', dataset=digits, noise=noise)
    >>> dataset = CleanLabels(noisy, fraction=0.1)
    >>> int((dataset.columns.clean_labels >= 0).sum()), len(dataset)
    (144, 1437)
    """

    def __init__(
        self,
        dataset: Any,
        clean: Any = None,
        fraction: float | None = None,
        seed: int = 0,
        clean_only: bool = False,
        **kwargs: Any,
    ) -> None:
        if (clean is None) == (fraction is None):
            choice = '`fraction`, the share of the known true labels to use'
            dataset = '`clean`, a dataset with clean labels'
            raise ValueError(f'give CleanLabels either {dataset}, or {choice}')
        if fraction is not None:
            fraction = check_fraction(fraction, 'fraction')
        self.fraction, self.clean_only = fraction, clean_only
        self.seed = check_count(seed, 'seed', minimum=0)
        more = [] if clean is None else [clean]
        super().__init__(dataset, *more, **kwargs)
        self.pipeline.transforms = _packing(self.pipeline.transforms)

    @property
    def clean(self) -> Any:
        """The built dataset with clean labels; None if there is none."""
        return next(iter(self._inner[1:]), None)

    def load_columns(self) -> SampleColumns:
        """Join the labels."""
        noisy = self._inner_columns(self.dataset, 'the noisy dataset')
        if self.fraction is not None:
            clean_labels = self._disclosed(noisy.true_labels, self.fraction)
            columns = _best_known(noisy, clean_labels, noisy.labels)
        else:
            check_class_names(
                {'the noisy dataset': self.dataset, 'the clean dataset': self.clean}
            )
            clean = self._inner_columns(self.clean, 'the clean dataset')
            clean_labels, added = _joined(noisy, clean)
            more = clean.take(added)
            both = _best_known(noisy, clean_labels, noisy.labels)
            columns = SampleColumns.concat([both, _best_known(more, more.labels, -1)])
            self._inner_rows = np.append(self._inner_rows, len(noisy) + added)
        if self.clean_only:
            rows = np.flatnonzero(columns.clean_labels >= 0)
            columns, self._inner_rows = columns.take(rows), self._inner_rows[rows]
        return columns

    def _disclosed(self, true: np.ndarray, fraction: float) -> np.ndarray:
        """(N,) the true label of a fraction of the samples that have one, else -1."""
        known = np.flatnonzero(true >= 0)
        if not len(known):
            kind, aim = type(self.dataset).__name__, f'{fraction=} could be drawn from'
            raise ValueError(f'no sample of {kind} has a `true_label` that {aim}')
        check_range(true[known], self._num_classes, 'the true labels')
        # PCG64's raw stream is the part of NumPy's generators that never changes. Not
        # the stream of `corrupt_labels`: who is drawn must tell nothing of the noise.
        keys = np.random.PCG64([self.seed, 1]).random_raw(len(known))
        drawn = np.argsort(keys, kind='stable')[: exact_ceil(fraction, len(known))]
        clean = np.full(len(true), -1, dtype=np.int32)
        clean[known[drawn]] = true[known[drawn]]
        return clean

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        clean, noisy = self.columns.clean_labels >= 0, self.columns.noisy_labels >= 0
        counts = [f'Clean labels: \t{clean.sum()}']
        return [*counts, f'Both labels: \t{(clean & noisy).sum()}']


def _best_known(columns: SampleColumns, clean: np.ndarray, noisy: Any) -> SampleColumns:
    """The samples with both labels; the clean one counts where there is one."""
    is_clean, verification = clean >= 0, columns.verification
    if columns.knows('verification'):
        verification = np.where(is_clean, 1, verification)
    return columns.replace(
        labels=np.where(is_clean, clean, columns.labels),
        true_labels=np.where(is_clean, clean, columns.true_labels),
        verification=verification,
        clean_labels=clean,
        noisy_labels=noisy,
    )


def _joined(
    noisy: SampleColumns, clean: SampleColumns
) -> tuple[np.ndarray, np.ndarray]:
    """The clean labels of the noisy images, and the rows of the other clean ones."""
    labels = clean.labels
    row_at: dict[str, int] = {}
    added = []
    for row, path in enumerate(map(plain_path, clean.paths)):
        if not path:
            added.append(row)
        elif labels[row_at.setdefault(path, row)] != labels[row]:
            both = f'{labels[row_at[path]]} and {labels[row]}'
            raise ValueError(f'{clean.paths[row]!r} has two clean labels, {both}')
    found = [row_at.get(path, -1) for path in map(plain_path, noisy.paths)]
    rows = np.array(found, dtype=np.int64)
    added += set(row_at.values()).difference(rows.tolist())
    clean_labels = np.where(rows < 0, -1, labels[rows])
    return clean_labels, np.array(sorted(added), dtype=np.int64)


def _packing(transforms: list) -> list:
    """The transforms; those with meta keys pack the labels, too."""
    transforms = [copy.copy(t) if hasattr(t, 'meta_keys') else t for t in transforms]
    packing = [t for t in transforms if hasattr(t, 'meta_keys')]
    for transform in packing:
        transform.meta_keys = (*transform.meta_keys, 'clean_label', 'noisy_label')
    if transforms and not packing:
        problem = 'the pipeline does not pack which labels are clean'
        raise ValueError(f'{problem}: end it with PackInputs')
    return transforms
