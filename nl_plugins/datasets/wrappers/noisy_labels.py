"""Synthetic label noise, or the labels of a file, over any dataset."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from mmengine.logging import print_log
from mmpretrain.registry import DATASETS

from ...checks import check_choice
from ...formats.label_formats import read_labels
from ...formats.noise_manifest import make_manifest, save_or_verify_manifest
from ...functional import corrupt_labels
from ..sample_columns import SampleColumns
from .dataset_view import DatasetView
from .file_labels import align_file_labels, check_file_labels
from .noise import build_transition

__all__ = ['NoisyLabels']

USES = ('suggested', 'recommended', 'kept')


@DATASETS.register_module()
class NoisyLabels(DatasetView):
    """Gives the samples of a dataset other labels, and each a unique index.

    A view: the inner dataset keeps its samples, and a new label takes 12 bytes.

    Row i of a noise draw or label file belongs to sample i of the whole inner dataset;
    ``indices`` takes a part afterwards. A cleaned-label file of a run is read by
    wrapping that run's training set, as it was, once more; samples that it leaves out
    are no part of what ``indices`` takes from.

    What the inner dataset knows as ``true_label`` stays, for analysis only:
    ``PackInputs`` leaves it out. If it knows none, its labels are the true ones with
    ``noise`` and with a label file other than this package's CSV (whose ``given_label``
    is what they are); ``keep_true_label`` overrules this. Its ``verification`` is about
    its own label, so where that changes, right (1) becomes wrong (0), and wrong becomes
    unknown (-1).

    With neither ``noise`` nor ``label_file`` the labels pass through, which makes
    ``sample_idx`` unique over a ConcatDataset.

    Args:
        dataset: Config of (or a built) MMPretrain or MMEngine dataset, also
            ConcatDataset, KFoldDataset and NoisyLabels. RepeatDataset and
            ClassBalancedDataset go around NoisyLabels instead.
        noise: See ``build_transition``; its random seed is ``seed``.
        label_file: See ``read_labels``; ``label_key`` is the entry of a ``.pt`` file,
            such as ``'worse_label'``, ``label_column`` the column of a ``.csv`` file.
        use: What to do with the cleaned-label file of a run (whose rows are matched by
            path where samples have come or gone since), or any other list of samples.
            'suggested' gives every
            sample the label of the ``label_column``. 'recommended' does as the file
            recommends: it replaces labels and leaves samples out (weights it cannot
            apply). 'kept' takes only the samples whose given label is kept.
        manifest: Path where the noise draw is recorded. A file that is already there is
            verified, never overwritten. It can also serve as a ``label_file``.
        keep_true_label: Whether inner labels are the truth where none is known.
        **kwargs: As in :class:`DatasetView`; ``indices`` are chosen after all labels
            are assigned.

    Attributes:
        notes: What was left out.

    Raises:
        ValueError: If settings contradict each other, the inner dataset repeats samples
            or has no integer labels, or a file does not match it (naming the row).

    >>> noise = dict(type='symmetric', rate=0.5)
    >>> dataset = NoisyLabels(dict(type='Digits'), noise=noise, seed=0)
    >>> sample = dataset.get_data_info(3)
    >>> sample['gt_label'], sample['true_label'], sample['sample_idx']
    (0, 3, 3)
    """

    def __init__(
        self,
        dataset: Any,
        noise: Mapping[str, Any] | None = None,
        seed: int = 0,
        label_file: str | None = None,
        label_key: str | None = None,
        label_column: str = 'suggested_label',
        manifest: str | None = None,
        keep_true_label: bool | None = None,
        use: str = 'suggested',
        **kwargs: Any,
    ) -> None:
        if noise is not None and label_file is not None:
            raise ValueError('give NoisyLabels either noise or label_file, not both')
        if label_key is not None and label_file is None:
            raise ValueError(f'label_key={label_key!r} is of no use without label_file')
        if manifest is not None and noise is None:
            raise ValueError('manifest records a noise draw, but there is no noise')
        self.use = check_choice('use', use, USES)
        if use != 'suggested' and not str(label_file).lower().endswith('.csv'):
            wanted = 'is for the cleaned-label .csv file of a run'
            raise ValueError(f'{use=} {wanted}, not for label_file={label_file!r}')
        if use != 'suggested' and label_column != 'suggested_label':
            raise ValueError(f'give either {use=} or {label_column=}, not both')
        self.notes: list[str] = []
        self._kept: np.ndarray | None = None  # rows, if samples are left out
        self.noise, self.seed, self.manifest = noise, seed, manifest
        self.label_file, self.keep_true_label = label_file, keep_true_label
        self.label_key, self.label_column = label_key, label_column
        super().__init__(dataset, **kwargs)

    def load_columns(self) -> SampleColumns:
        """Assign the labels."""
        inner = self._inner_columns(self.dataset, 'the inner dataset')
        labels = self._new_labels(inner).astype(np.int32)
        verification, true = inner.verification, inner.true_labels
        if inner.knows('verification'):
            of_new, same = np.where(verification == 1, 0, -1), labels == inner.labels
            verification = np.where(same, verification, of_new)
        if self._keeps_inner_labels(inner):
            true = np.where(true < 0, inner.labels, true)
        changed = dict(labels=labels, verification=verification, true_labels=true)
        columns = inner.replace(**changed)
        if self._kept is None:
            return columns
        self._inner_rows = self._inner_rows[self._kept]
        return columns.take(self._kept)

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        source = self.label_file or (self.noise and dict(self.noise)) or 'unchanged'
        inner = type(self.dataset).__name__
        return [f'Dataset inside: \t{inner}', f'Labels: \t{source}']

    def _keeps_inner_labels(self, inner: SampleColumns) -> bool:
        if self.keep_true_label is not None:
            return self.keep_true_label
        if inner.knows('true_labels'):
            return False
        if self.label_file is not None:
            return not str(self.label_file).lower().endswith('.csv')
        return self.noise is not None

    def _new_labels(self, inner: SampleColumns) -> np.ndarray:
        true, noise, classes = inner.labels, self.noise, self._num_classes
        if self.label_file is not None:
            file = read_labels(self.label_file, self.label_key, self.label_column)
            file, changed = align_file_labels(self.label_file, file, inner)
            if changed is not None:
                self.notes.append(changed)
                print_log(f'NoisyLabels: {changed}', 'current', logging.WARNING)
            check_file_labels(self.label_file, file, inner, classes)
            if file.given_labels is None or file.recommended is None:
                return file.labels
            return self._obey(file.labels, file.given_labels, file.recommended)
        if noise is None:
            return true
        if classes is None:
            advice = 'give the inner dataset metainfo=dict(classes=[...])'
            raise ValueError(f'noise needs the number of classes; {advice}')
        labels = torch.from_numpy(true.astype(np.int64))
        transition = build_transition(noise, classes)
        noisy = corrupt_labels(labels, transition, self.seed).numpy()
        if self.manifest is not None:
            record = make_manifest(noise, self.seed, classes, true, noisy)
            save_or_verify_manifest(self.manifest, record)
        return noisy

    def _obey(
        self, labels: np.ndarray, given: np.ndarray, recommended: np.ndarray
    ) -> np.ndarray:
        """The labels of a cleaned-label file by ``use``, which also chooses samples."""
        replace, drop = recommended == 'replace', recommended == 'drop'
        out = np.zeros_like(drop)
        if self.use != 'suggested':
            labels = np.where(replace, labels, given)
            out = drop if self.use == 'recommended' else drop | replace
        if out.all():
            raise ValueError(f'{self.label_file}: use={self.use!r} leaves no sample')
        changed = (labels != given) & ~out
        message = (
            f'{self.label_file} with use={self.use!r} changes {changed.sum()} labels '
            f'and leaves out {out.sum()} of {len(out)} samples; it recommends to '
            f'replace {replace.sum()} and to drop {drop.sum()}'
        )
        lost = np.setdiff1d(given, labels[~out]).tolist()
        if lost:
            message += f'; no sample has the classes {lost} any more'
        if out.any():
            self._kept = np.flatnonzero(~out)
            self.notes.append(message)
        odd = bool(lost) or (changed & ~replace).any()
        level = logging.WARNING if odd else logging.INFO
        print_log(f'NoisyLabels: {message}', 'current', level)
        return labels
