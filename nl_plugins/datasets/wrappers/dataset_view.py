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
        serialize_data: Accepted as everywhere; the datasets inside honour their own.
        lazy_init: Whether to load the annotations only when they are needed.
        **kwargs: As in :class:`mmpretrain.datasets.BaseDataset`.
    """

    _inner_rows: np.ndarray

    def __init__(
        self,
        dataset: Any,
        *more: Any,
        pipeline: Sequence | None = None,
        test_mode: bool | None = None,
        max_refetch: int | None = None,
        serialize_data: bool = True,
        lazy_init: bool = False,
        **kwargs: Any,
    ) -> None:
        self.dataset = dataset
        self._inner = (dataset, *more)
        leaves = [leaf for inner in self._inner for leaf in _leaves(inner)]
        if test_mode is None:
            test_mode = getattr(leaves[0], 'test_mode', False)
        if max_refetch is None:
            max_refetch = getattr(leaves[0], 'max_refetch', 1000)
        kwargs.update(test_mode=test_mode, max_refetch=max_refetch)
        if pipeline is None:
            pipeline = _shared_pipeline(leaves)
        super().__init__(ann_file='', pipeline=pipeline, lazy_init=True, **kwargs)
        self._metainfo = dataset.metainfo
        if not lazy_init:
            self.full_init()

    def _inner_columns(self, dataset: Any, where: str) -> SampleColumns:
        """What is known of the samples of a dataset inside."""
        dataset.full_init()
        columns = columns_of(dataset)
        if dataset is self.dataset:
            self._metainfo = dataset.metainfo  # its annotations may tell the classes
            self._inner_rows = np.arange(len(columns), dtype=np.int32)
        check_range(columns.labels, self._num_classes, where)
        return columns

    @property
    def _num_classes(self) -> int | None:
        classes = self._metainfo.get('classes')
        return None if classes is None else len(classes)

    def _annotation(self, columns: SampleColumns, row: int) -> dict:
        inner_row, (dataset, *more) = int(self._inner_rows[row]), self._inner
        while inner_row >= len(dataset):
            inner_row -= len(dataset)
            dataset = more.pop(0)
        return columns.update(dict(dataset.get_data_info(inner_row)), row)

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

    A wrapper on the way must not repeat samples: each repetition would draw a label of
    its own, and count as a sample of its own.
    """
    name = type(dataset).__name__
    if isinstance(dataset, (RepeatDataset, ClassBalancedDataset, InMemory)):
        harm = 'would give the repetitions of a sample different labels'
        if isinstance(dataset, InMemory):
            harm = 'could not serve whole batches'
        raise ValueError(
            f'{name} inside NoisyLabels {harm}; wrap it around instead: '
            f'{name}(dataset=dict(type="NoisyLabels", ...))'
        )
    if isinstance(dataset, BaseDataset):
        return [dataset]
    children = getattr(dataset, 'datasets', None) or [getattr(dataset, 'dataset', None)]
    inner = [leaf for child in children if child is not None for leaf in _leaves(child)]
    return inner or [dataset]


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
