"""Synthetic label noise, or the labels of a file, over any dataset."""

import copy
from typing import Any, List, Mapping, Optional, Sequence, Union

import numpy as np
from mmengine.dataset import force_full_init
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS

from ...formats.label_formats import read_labels
from ..gt_labels import gt_labels
from .file_labels import check_file_labels
from .inner_dataset import build_inner, leaf_datasets, shared_pipeline
from .noise import draw_labels

__all__ = ['NoisyLabels']


@DATASETS.register_module()
class NoisyLabels(BaseDataset):
    """Gives the samples of a dataset other labels, and each a unique index.

    A view: the inner dataset keeps its samples, and a new label takes 12 bytes.

    Row i of a noise draw or label file belongs to sample i of the whole inner
    dataset; ``indices`` takes a part afterwards. A cleaned-label file of a run is
    read by wrapping that run's training set, as it was, once more.

    Samples keep the label of the inner dataset as ``true_label``, for analysis
    only: ``PackInputs`` leaves it out. It is kept only where the inner labels are
    the truth, that is with ``noise`` and with a label file other than this
    package's CSV (whose ``given_label`` is what they are); ``keep_true_label``
    overrules this. A ``true_label`` that the inner dataset has is always kept. Its
    ``verification`` speaks of its own label, so where that changes, right (1) becomes
    wrong (0), and wrong becomes unknown (-1).

    With neither ``noise`` nor ``label_file`` the labels pass through, which makes
    ``sample_idx`` unique over a ConcatDataset.

    Args:
        dataset: Config of (or a built) MMPretrain or MMEngine dataset, also
            ConcatDataset, KFoldDataset and NoisyLabels. RepeatDataset and
            ClassBalancedDataset go around NoisyLabels instead.
        noise: See ``build_transition``.
        seed: Of the noise.
        label_file: See ``read_labels``.
        label_key: The entry of a ``.pt`` label file, such as ``'worse_label'``.
        label_column: The column of a ``.csv`` label file.
        manifest: Path where the noise draw is recorded. A file that is already
            there is verified instead, and never overwritten. It can also serve
            as a ``label_file``.
        keep_true_label: Whether the inner labels are the truth.
        pipeline: The inner dataset's by default.
        test_mode: The inner dataset's by default.
        max_refetch: The inner dataset's by default.
        indices: Which samples to use, chosen after all labels are assigned.
        serialize_data: Accepted as everywhere; the inner dataset honours its own.
        lazy_init: Likewise.

    Raises:
        ValueError: If settings contradict each other, the inner dataset repeats
            samples or has no integer labels, or a label file or manifest does not
            match it (naming the row).
    """

    def __init__(
        self,
        dataset: Any,
        noise: Optional[Mapping[str, Any]] = None,
        seed: int = 0,
        label_file: Optional[str] = None,
        label_key: Optional[str] = None,
        label_column: str = 'suggested_label',
        manifest: Optional[str] = None,
        keep_true_label: Optional[bool] = None,
        pipeline: Optional[Sequence] = None,
        test_mode: Optional[bool] = None,
        max_refetch: Optional[int] = None,
        indices: Union[int, Sequence[int], None] = None,
        serialize_data: bool = True,
        lazy_init: bool = False,
    ) -> None:
        _check_settings(noise, label_file, label_key, manifest)
        self.noise = noise
        self.seed = seed
        self.label_file = label_file
        self.label_key = label_key
        self.label_column = label_column
        self.manifest = manifest
        self.keep_true_label = keep_true_label
        self.dataset = build_inner(dataset)
        leaves = leaf_datasets(self.dataset)
        super().__init__(
            ann_file='',
            pipeline=shared_pipeline(leaves) if pipeline is None else pipeline,
            test_mode=_setting('test_mode', test_mode, leaves, False),
            max_refetch=_setting('max_refetch', max_refetch, leaves, 1000),
            indices=indices,
            serialize_data=False,
            lazy_init=True,
        )
        self._metainfo = self.dataset.metainfo
        if not lazy_init:
            self.full_init()

    def load_data_list(self) -> np.ndarray:
        """Assign the labels; the list itself is the rows of the inner dataset."""
        self.dataset.full_init()
        # Classes that are read from folders or annotations are known only now.
        self._metainfo = self.dataset.metainfo
        given = gt_labels(self.dataset, self._num_classes, 'the inner dataset')
        self._labels = self._new_labels(given).astype(np.int32)
        self._true_labels = given if self._keeps_true_label else None
        return np.arange(len(given), dtype=np.int32)

    def get_data_info(self, idx: int) -> dict:
        """The inner dataset's sample with its new label and index."""
        idx = range(len(self))[idx]
        row = int(self.data_list[idx])
        info, label = dict(self.dataset.get_data_info(row)), int(self._labels[row])
        if 'verification' in info and info['gt_label'] != label:
            info['verification'] = 0 if info['verification'] == 1 else -1
        if self._true_labels is not None:
            info.setdefault('true_label', int(self._true_labels[row]))
        return dict(info, gt_label=label, sample_idx=idx)

    @force_full_init
    def get_gt_labels(self) -> np.ndarray:
        """(N,) int64, the new labels of all samples."""
        return self._labels[self.data_list].astype(np.int64)

    def extra_repr(self) -> List[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        source = self.label_file or (self.noise and dict(self.noise)) or 'unchanged'
        inner = type(self.dataset).__name__
        return [f'Dataset inside: \t{inner}', f'Labels: \t{source}']

    @property
    def _num_classes(self) -> Optional[int]:
        classes = self._metainfo.get('classes')
        return None if classes is None else len(classes)

    @property
    def _keeps_true_label(self) -> bool:
        if self.keep_true_label is not None:
            return self.keep_true_label
        if self.label_file is not None:
            return not str(self.label_file).lower().endswith('.csv')
        return self.noise is not None

    def _get_unserialized_subset(self, indices: Union[Sequence[int], int]):
        """Rows stay an array, which forked workers share."""
        rows = super()._get_unserialized_subset(indices)
        return np.asarray(rows, dtype=np.int32)

    def _copy_without_annotation(self, memo: Optional[dict] = None) -> 'NoisyLabels':
        """A subset is a view of the same inner dataset."""
        return copy.copy(self)

    def _new_labels(self, given: np.ndarray) -> np.ndarray:
        if self.noise is not None:
            return draw_labels(
                self.noise, self.seed, given, self._num_classes, self.manifest
            )
        if self.label_file is None:
            return given
        labels = read_labels(self.label_file, self.label_key, self.label_column)
        check_file_labels(
            self.label_file, labels, self.dataset, given, self._num_classes
        )
        return labels.labels


def _check_settings(
    noise: Optional[Mapping[str, Any]],
    label_file: Optional[str],
    label_key: Optional[str],
    manifest: Optional[str],
) -> None:
    if noise is not None and label_file is not None:
        raise ValueError('give NoisyLabels either noise or label_file, not both')
    if label_key is not None and label_file is None:
        raise ValueError(f'label_key={label_key!r} is of no use without a label_file')
    if manifest is not None and noise is None:
        raise ValueError('manifest records a noise draw, but there is no noise')


def _setting(name: str, value: Any, leaves: Sequence[Any], default: Any) -> Any:
    """The value if it is given, otherwise that of the first inner dataset."""
    return getattr(leaves[0], name, default) if value is None else value
