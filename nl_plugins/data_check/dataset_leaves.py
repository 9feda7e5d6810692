"""Build a dataset and find those below its wrappers."""

from collections.abc import Iterator
from typing import Any

from mmengine.dataset import ConcatDataset
from mmengine.registry import DATASETS
from mmpretrain.datasets import KFoldDataset

from ..datasets.in_memory.in_memory import InMemory
from ..datasets.training_set import SAME_INDEX_WRAPPERS
from .finding import ERROR, Finding

__all__ = ['datasets_inside', 'try_leaves']


def datasets_inside(dataset: Any) -> Iterator[Any]:
    """A dataset and, if it is a wrapper, those below it."""
    yield dataset
    for child in getattr(dataset, 'datasets', None) or [
        getattr(dataset, 'dataset', None)
    ]:
        if child is not None:
            yield from datasets_inside(child)


def try_leaves(split: str, config: Any) -> tuple[list, list[Finding]]:
    """The datasets that hold the samples; InMemory refuses all for a bad image."""
    try:
        return list(_leaves(_build(config))), []
    except Exception as error:
        message = f'it cannot be built: {type(error).__name__}: {error}'
    advice = 'follow the message of the dataset, or mend its config'
    finding = Finding(ERROR, 'dataset', split, message, advice)
    inner = _without_in_memory(config)
    leaves = [] if inner == config else try_leaves(split, inner)[0]
    return leaves, [finding]


def _without_in_memory(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_without_in_memory(part) for part in config]
    if not isinstance(config, dict):
        return config
    if config.get('type') in ('InMemory', InMemory) and 'dataset' in config:
        return _without_in_memory(config['dataset'])
    return {key: _without_in_memory(value) for key, value in config.items()}


def _build(dataset: Any) -> Any:
    if isinstance(dataset, dict):
        dataset = DATASETS.build(dataset)
    if hasattr(dataset, 'full_init'):
        dataset.full_init()
    return dataset


def _leaves(dataset: Any, whole: bool = True) -> Iterator[tuple[Any, bool]]:
    if isinstance(dataset, ConcatDataset):
        for child in dataset.datasets:
            yield from _leaves(child, whole)
    elif isinstance(dataset, SAME_INDEX_WRAPPERS):
        is_fold = isinstance(dataset, KFoldDataset)
        yield from _leaves(dataset.dataset, whole and not is_fold)
    elif hasattr(dataset, 'get_data_info'):
        yield dataset, whole
    else:
        raise ValueError(
            f'{type(dataset).__name__} has no `get_data_info`: it is no MMEngine '
            'dataset'
        )
