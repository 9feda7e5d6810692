"""Images that fit in memory: decoded once, then served in whole batches."""

import copy
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

import numpy as np
from mmengine.dataset import Compose, force_full_init
from mmpretrain.datasets import BaseDataset
from mmpretrain.datasets.transforms import (
    CenterCrop,
    LoadImageFromFile,
    Resize,
    ResizeEdge,
)
from mmpretrain.registry import DATASETS

from ..column_base import ColumnBase
from ..columns import columns_of
from ..sample_columns import SampleColumns
from .batch_pipeline import batch_pipeline
from .loaded_images import load_images

__all__ = ['InMemory']

_DETERMINISTIC = (LoadImageFromFile, Resize, ResizeEdge, CenterCrop)


@DATASETS.register_module()
class InMemory(BaseDataset):
    """Serves a small dataset without the cost of single samples.

    The deterministic start of the pipeline (LoadImageFromFile, Resize, ResizeEdge,
    CenterCrop; nothing where the annotations hold the images) runs once per image. What
    follows runs on whole batches where the dataloader asks for them (torch's
    ``__getitems__``) and every part has a batched form: RandomCrop with black padding,
    RandomFlip in one direction, MultiView of these, and at the end PackInputs; other
    pipelines run sample by sample, only slower. Augmentations have the distribution of
    the stock transforms and draw from NumPy's global generator, but other numbers.

    Stack the batch (``collate_fn=dict(type='default_collate')``, the default of the
    tools), or the data preprocessor handles the images one by one. With
    ``num_workers=0`` nothing is sent between processes. RepeatDataset,
    ClassBalancedDataset and the like go around; they ask for single samples.

    Args:
        dataset: MMPretrain dataset (NoisyLabels included) or its config.
        memory_limit: Most bytes that the images may take, in each process.
        indices: Samples to use.
        lazy_init: As in :class:`mmpretrain.datasets.BaseDataset`.

    Raises:
        ValueError: If the dataset inside prepares samples in a way of its own; for its
            images, as well as the RuntimeError, see :func:`load_images`.

    >>> digits = dict(type='Digits', pipeline=[dict(type='PackInputs')])
    >>> dataset = DATASETS.build(dict(type='InMemory', dataset=digits))
    >>> [sample['inputs'].shape for sample in dataset.__getitems__([0, 5])]
    [torch.Size([1, 8, 8]), torch.Size([1, 8, 8])]
    """

    _planned: list | None = None  # the transforms that `_rest`, `_batches` continue

    def __init__(
        self,
        dataset: Any,
        memory_limit: int = 4 << 30,
        indices: int | Sequence[int] | None = None,
        lazy_init: bool = False,
    ) -> None:
        self.memory_limit = memory_limit
        self.dataset = DATASETS.build(dataset) if isinstance(dataset, dict) else dataset
        _check_inner(self.dataset)
        super().__init__(
            ann_file='',
            pipeline=self.dataset.pipeline.transforms,
            test_mode=self.dataset.test_mode,
            max_refetch=self.dataset.max_refetch,
            indices=indices,
            serialize_data=False,
            lazy_init=lazy_init,
        )
        self._metainfo = self.dataset.metainfo

    def load_data_list(self) -> list[int]:
        """The indices of the dataset inside, which keeps the annotations."""
        self.dataset.full_init()
        self._metainfo = self.dataset.metainfo
        return list(range(len(self.dataset)))

    def full_init(self) -> None:
        """Load the images."""
        if not self._fully_initialized:
            super().full_init()
            stock = self.pipeline.transforms
            self._start = list(takewhile(lambda t: type(t) in _DETERMINISTIC, stock))
            loaded = load_images(self, self._start, self.memory_limit)
            self._images, self._infos = loaded

    @force_full_init
    def get_data_info(self, idx: int) -> dict:
        """The annotation as the dataset inside gives it, before the pipeline."""
        idx = range(len(self))[idx]
        return dict(self.dataset.get_data_info(self.data_list[idx]), sample_idx=idx)

    @property
    @force_full_init
    def columns(self) -> SampleColumns:
        """What is known of the samples."""
        return columns_of(self.dataset).take(np.array(self.data_list, dtype=np.int64))

    @force_full_init
    def get_gt_labels(self) -> np.ndarray:
        """(N,) labels of all samples."""
        return self.dataset.get_gt_labels()[self.data_list]

    def prepare_data(self, idx: int) -> dict | None:
        """One sample, through the stock transforms."""
        self._plan()
        if self._rest is None:
            return super().prepare_data(idx)
        info = copy.deepcopy(self._infos[idx])
        return self._rest(dict(info, img=self._images[idx].copy()))

    def __getitems__(self, indices: Sequence[int]) -> list[dict]:
        """The samples of a batch, which torch's dataloader asks for."""
        batches = self.batches
        return [self[i] for i in indices] if batches is None else batches(indices)

    @property
    @force_full_init
    def batches(self) -> Callable[[Sequence[int]], list[dict]] | None:
        """From indices to packed samples; None if they are made one by one."""
        self._plan()
        return self._batches

    @force_full_init
    def with_pipeline(self, pipeline: Callable) -> 'InMemory':
        """The same samples through another pipeline; an equal start is not rerun."""
        other = copy.copy(self)
        other.pipeline = pipeline
        return other

    def get_subset(self, indices: Any) -> None:
        """Always raises a ValueError, as MMEngine's wrappers do."""
        raise ValueError(
            'InMemory gives no subsets (KFoldDataset around it asks for one): put it '
            'around, as InMemory(dataset=dict(type="NoisyLabels", '
            'dataset=dict(type="KFoldDataset", ...)))'
        )

    get_subset_ = get_subset

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        return [f'Dataset inside: \t{type(self.dataset).__name__}']

    def _plan(self) -> None:
        """Find out how the pipeline continues from the images in memory.

        A hook may have exchanged it since, as SwitchRecipeHook does.
        """
        transforms = list(getattr(self.pipeline, 'transforms', [self.pipeline]))
        if transforms == self._planned:
            return
        self._planned = transforms
        start, rest = transforms[: len(self._start)], transforms[len(self._start) :]
        self._rest = self._batches = None
        settings = [[(type(t), vars(t)) for t in part] for part in (start, self._start)]
        if settings[0] == settings[1]:
            self._rest = Compose(rest)
            self._batches = batch_pipeline(rest, self._images, self._infos)


def _check_inner(dataset: Any) -> None:
    name = type(dataset).__name__
    if not isinstance(dataset, BaseDataset):
        raise ValueError(
            f'{name} inside InMemory is no dataset of MMPretrain: put RepeatDataset '
            'and ClassBalancedDataset around InMemory, and ConcatDataset and '
            'KFoldDataset into a NoisyLabels inside it'
        )
    for method in ('__getitem__', 'prepare_data'):
        known = [getattr(kind, method) for kind in (BaseDataset, ColumnBase)]
        if getattr(type(dataset), method) not in known:
            raise ValueError(
                f'{name} has a {method} of its own, which InMemory would pass over: '
                'use it without InMemory'
            )
