"""The base of the wrappers: the samples of other datasets, with their own columns."""

import copy
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset, ClassBalancedDataset, RepeatDataset
from mmpretrain.registry import DATASETS

from ..column_base import ColumnBase
from ..columns import check_range, columns_of
from ..in_memory.in_memory import InMemory
from ..sample_columns import SampleColumns

__all__ = ['DatasetView', 'build_inner']


class DatasetView(ColumnBase):
    """Samples of datasets inside, which keep theirs.

    The annotation of a sample is that of the dataset inside, with the integers of the
    columns of this one: what :meth:`load_columns` gives is all that a subclass says.

    Args:
        dataset: A built dataset.
        more: Other datasets, whose samples follow.
        pipeline: The datasets' by default, which then must be the same.
        test_mode: The first dataset's by default.
        max_refetch: The first dataset's by default.
        indices: Which samples to use, chosen after the columns are made.
        serialize_data: Accepted as everywhere; the datasets inside honour their own.
        lazy_init: Whether to leave the loading for later.
    """

    def __init__(
        self,
        dataset: Any,
        *more: Any,
        pipeline: Sequence | None = None,
        test_mode: bool | None = None,
        max_refetch: int | None = None,
        indices: int | Sequence[int] | None = None,
        serialize_data: bool = True,
        lazy_init: bool = False,
    ) -> None:
        self.dataset = dataset
        leaves = [leaf for inner in (dataset, *more) for leaf in _leaves(inner)]
        if test_mode is None:
            test_mode = getattr(leaves[0], 'test_mode', False)
        if max_refetch is None:
            max_refetch = getattr(leaves[0], 'max_refetch', 1000)
        super().__init__(
            ann_file='',
            pipeline=_shared_pipeline(leaves) if pipeline is None else pipeline,
            test_mode=test_mode,
            max_refetch=max_refetch,
            indices=indices,
            serialize_data=False,
            lazy_init=True,
        )
        self._metainfo = dataset.metainfo
        self._inner_rows: np.ndarray
        if not lazy_init:
            self.full_init()

    def _inner_columns(self, dataset: Any, where: str) -> SampleColumns:
        """What is known of the samples of a dataset inside."""
        dataset.full_init()
        if dataset is self.dataset:  # classes may be read from its annotations
            self._metainfo = dataset.metainfo
        columns = columns_of(dataset)
        check_range(columns.labels, self._num_classes, where)
        return columns

    @property
    def _num_classes(self) -> int | None:
        classes = self._metainfo.get('classes')
        return None if classes is None else len(classes)

    def _finish(self, columns: SampleColumns) -> SampleColumns:
        self._inner_rows = np.arange(len(columns), dtype=np.int32)
        return columns

    def _annotation(self, row: int) -> dict:
        info = dict(self._inner_info(int(self._inner_rows[row])))
        return self.columns.update(info, row)

    def _inner_info(self, row: int) -> dict:
        return self.dataset.get_data_info(row)

    def _take(self, rows: np.ndarray) -> None:
        super()._take(rows)
        self._inner_rows = self._inner_rows[rows]

    def _copy_without_annotation(self, memo: dict | None = None) -> 'DatasetView':
        """A subset is a view of the same dataset inside."""
        return copy.copy(self)


def build_inner(dataset: Any) -> Any:
    """Build a dataset from its config (or take it as it is) and check its kind.

    Raises:
        ValueError: If it repeats samples or is of another kind.
    """
    if isinstance(dataset, dict):
        dataset = DATASETS.build(dataset)
    for leaf in _leaves(dataset):
        if not hasattr(leaf, 'get_data_info'):
            raise ValueError(
                f'{type(leaf).__name__} inside NoisyLabels is no dataset of MMEngine'
            )
    return dataset


def _leaves(dataset: Any) -> list[Any]:
    """The datasets that hold the samples, below ConcatDataset and KFoldDataset.

    Raises:
        ValueError: If a wrapper on the way repeats samples (each repetition would draw
            a label of its own, and count as a sample of its own), or is InMemory.
    """
    if isinstance(dataset, (RepeatDataset, ClassBalancedDataset)):
        name = type(dataset).__name__
        raise ValueError(
            f'{name} inside NoisyLabels would give the repetitions of a sample '
            f'different labels; wrap it around instead: '
            f'{name}(dataset=dict(type="NoisyLabels", ...))'
        )
    if isinstance(dataset, InMemory):
        raise ValueError(
            'InMemory inside NoisyLabels could not serve whole batches; wrap it '
            'around instead: InMemory(dataset=dict(type="NoisyLabels", ...))'
        )
    if isinstance(dataset, BaseDataset):
        return [dataset]
    children = getattr(dataset, 'datasets', None)
    if children is None:
        child = getattr(dataset, 'dataset', None)
        children = [] if child is None else [child]
    return [leaf for child in children for leaf in _leaves(child)] or [dataset]


def _shared_pipeline(leaves: Sequence[Any]) -> list:
    """The transforms of the datasets, which must be the same in all of them."""
    pipelines = [
        getattr(getattr(leaf, 'pipeline', None), 'transforms', []) for leaf in leaves
    ]
    texts = [re.sub(r' at 0x[0-9a-f]+', '', repr(pipeline)) for pipeline in pipelines]
    for number, text in enumerate(texts):
        if text != texts[0]:
            raise ValueError(
                f'dataset {number} inside NoisyLabels has another pipeline than '
                'dataset 0; give NoisyLabels the pipeline to use'
            )
    return list(pipelines[0])
