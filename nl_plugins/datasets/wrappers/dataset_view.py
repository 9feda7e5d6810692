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

__all__ = ['DatasetView']


class DatasetView(ColumnBase):
    """Samples of datasets inside, which keep theirs.

    The annotation of a sample is that of the dataset inside, with the integers of the
    columns of this one: what :meth:`load_columns` gives is all that a subclass says.

    Args:
        dataset: Config of (or a built) dataset.
        more: Other datasets, whose samples follow.
        pipeline: The datasets' by default, which then must be the same.
        **kwargs: As in :class:`mmpretrain.datasets.BaseDataset`; ``test_mode`` and
            ``max_refetch`` are the first dataset's by default.
    """

    _inner_rows: np.ndarray

    def __init__(
        self,
        dataset: Any,
        *more: Any,
        pipeline: Sequence | None = None,
        lazy_init: bool = False,
        **kwargs: Any,
    ) -> None:
        kind = type(self).__name__
        self._inner = tuple(_built(inner) for inner in (dataset, *more))
        self.dataset = self._inner[0]
        leaves = [leaf for inner in self._inner for leaf in _leaves(inner, kind)]
        for name, default in dict(test_mode=False, max_refetch=1000).items():
            if kwargs.get(name) is None:
                kwargs[name] = getattr(leaves[0], name, default)
        if pipeline is None:
            pipeline = _shared_pipeline(leaves, kind)
        super().__init__(ann_file='', pipeline=pipeline, lazy_init=True, **kwargs)
        self._metainfo = self.dataset.metainfo
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


def _built(dataset: Any) -> Any:
    return DATASETS.build(dataset) if isinstance(dataset, dict) else dataset


def _leaves(dataset: Any, wrapper: str) -> list[Any]:
    """The datasets that hold the samples, below ConcatDataset and KFoldDataset.

    None may repeat samples: each repetition would count and draw a label by itself.

    Raises:
        ValueError: If one does, or is no dataset of MMEngine, naming the ``wrapper``.
    """
    name = type(dataset).__name__
    if isinstance(dataset, (RepeatDataset, ClassBalancedDataset, InMemory)):
        harm = 'would give the repetitions of a sample different labels'
        if isinstance(dataset, InMemory):
            harm = 'could not serve whole batches'
        outside = f'{name}(dataset=dict(type="{wrapper}", ...))'
        problem = f'{name} inside {wrapper} {harm}'
        raise ValueError(f'{problem}; wrap it around instead: {outside}')
    if isinstance(dataset, BaseDataset):
        return [dataset]
    inner = getattr(dataset, 'datasets', None) or [getattr(dataset, 'dataset', None)]
    inner = [child for child in inner if child is not None]
    if not inner and not hasattr(dataset, 'get_data_info'):
        raise ValueError(f'{name} inside {wrapper} is no dataset of MMEngine')
    return [leaf for child in inner for leaf in _leaves(child, wrapper)] or [dataset]


def _shared_pipeline(leaves: Sequence[Any], wrapper: str) -> list:
    """The transforms of the datasets, which must be the same in all of them."""
    found = [getattr(leaf, 'pipeline', None) for leaf in leaves]
    pipelines = [getattr(pipeline, 'transforms', []) for pipeline in found]
    texts = [re.sub(r' at 0x[0-9a-f]+', '', repr(pipeline)) for pipeline in pipelines]
    for number, text in enumerate(texts):
        if text != texts[0]:
            problem = f'dataset {number} inside {wrapper} has another pipeline'
            advice = f'give {wrapper} the pipeline to use'
            raise ValueError(f'{problem} than dataset 0; {advice}')
    return list(pipelines[0])
