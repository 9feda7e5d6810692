"""The datasets inside a dataset: built ones, and those of a config."""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ['config_pipeline', 'leaves', 'nested', 'nested_configs']


def nested(dataset: Any) -> Iterator[Any]:
    """A dataset and all those below it, each before what it wraps.

    >>> from mmengine.dataset import ConcatDataset
    >>> from nl_plugins.datasets.releases.digits import Digits
    >>> [type(each).__name__ for each in nested(ConcatDataset([Digits()]))]
    ['ConcatDataset', 'Digits']
    """
    yield dataset
    for child in _children(dataset):
        yield from nested(child)


def leaves(dataset: Any) -> Iterator[Any]:
    """The datasets below wrappers, or the dataset itself."""
    return (each for each in nested(dataset) if not _children(each))


def nested_configs(config: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """As :func:`nested` for the config of a dataset; nothing for None."""
    if config:
        yield config
        for child in config.get('datasets') or [config.get('dataset')]:
            yield from nested_configs(child)


def config_pipeline(config: Mapping[str, Any] | None) -> list | None:
    """The first pipeline in the config of a dataset, None if there is none.

    >>> config_pipeline(dict(dataset=dict(pipeline=[dict(type='PackInputs')])))
    [{'type': 'PackInputs'}]
    """
    pipelines = (each.get('pipeline') for each in nested_configs(config))
    return next(filter(None, pipelines), None)


def _children(dataset: Any) -> list[Any]:
    inner = getattr(dataset, 'datasets', None) or [getattr(dataset, 'dataset', None)]
    return list(inner) if all(hasattr(each, '__getitem__') for each in inner) else []
