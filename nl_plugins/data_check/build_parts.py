"""The datasets of a config, below their wrappers."""

from collections.abc import Iterator
from typing import Any

from mmengine.config import Config
from mmengine.dataset import ConcatDataset
from mmengine.registry import DATASETS
from mmpretrain.datasets import KFoldDataset

from ..datasets.in_memory.in_memory import InMemory
from ..datasets.training_set import SAME_INDEX_WRAPPERS
from .finding import ERROR, Finding
from .hook_settings import named_datasets
from .parts import TRAIN, Part

__all__ = ['build_parts']

_EMPTY = (
    'look at its folder or list of samples, `data_prefix`, `filter_cfg` and `indices`'
)


def build_parts(
    cfg: Config, num_classes: int | None
) -> tuple[list[Part], list[Finding]]:
    """The parts, and findings on the datasets that cannot be built or hold nothing.

    Raises:
        ValueError: If the config has no dataloader, or one without a dataset.
    """
    parts, findings, start = [], [], 0
    for split, config in _dataset_configs(cfg).items():
        leaves, found = _try_leaves(split, config)
        findings += found
        for number, (dataset, whole) in enumerate(leaves, 1):
            name = split if len(leaves) == 1 else f'{split}, part {number}'
            part = Part(name, split, dataset, whole, start, num_classes)
            start += len(part)
            if len(part):
                parts.append(part)
            else:
                problem = 'it holds no sample'
                findings.append(part.finding(ERROR, 'dataset', problem, _EMPTY))
    return parts, findings


def _dataset_configs(cfg: Config) -> dict[str, Any]:
    configs = {}
    for split in (TRAIN, 'val', 'test'):
        dataloader = cfg.get(f'{split}_dataloader')
        if dataloader is None:
            continue
        if not isinstance(dataloader, dict) or 'dataset' not in dataloader:
            raise ValueError(f'{split}_dataloader of the config has no dataset')
        configs[split] = dataloader['dataset']
    if not configs:
        raise ValueError(
            'the config has no dataloader: it needs train_dataloader, val_dataloader '
            'or test_dataloader (the configs in _base_ are only parts)'
        )
    if 'val' in configs and configs['val'] == configs.get('test'):
        configs['val and test'] = configs.pop('val')
        del configs['test']
    return configs | named_datasets(cfg)


def _try_leaves(split: str, config: Any) -> tuple[list, list[Finding]]:
    """As :func:`_leaves`; where a bad image stops InMemory, of the dataset inside."""
    try:
        dataset = DATASETS.build(config) if isinstance(config, dict) else config
        if hasattr(dataset, 'full_init'):
            dataset.full_init()
        return list(_leaves(dataset)), []
    except Exception as error:  # of the user's data
        message = f'it cannot be built: {type(error).__name__}: {error}'
    advice = 'follow the message of the dataset, or correct its config'
    inner = _without_in_memory(config)
    leaves = [] if inner == config else _try_leaves(split, inner)[0]
    return leaves, [Finding(ERROR, 'dataset', split, message, advice)]


def _without_in_memory(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_without_in_memory(part) for part in config]
    if not isinstance(config, dict):
        return config
    if config.get('type') in ('InMemory', InMemory) and 'dataset' in config:
        return _without_in_memory(config['dataset'])
    return {key: _without_in_memory(value) for key, value in config.items()}


def _leaves(dataset: Any, whole: bool = True) -> Iterator[tuple[Any, bool]]:
    """The datasets that hold samples, and whether each is whole: not of a fold."""
    if isinstance(dataset, ConcatDataset):
        for child in dataset.datasets:
            yield from _leaves(child, whole)
    elif isinstance(dataset, SAME_INDEX_WRAPPERS):
        whole = whole and not isinstance(dataset, KFoldDataset)
        yield from _leaves(dataset.dataset, whole)
    elif hasattr(dataset, 'get_data_info'):
        yield dataset, whole
    else:
        name = type(dataset).__name__
        raise ValueError(f'{name} has no `get_data_info`: it is no MMEngine dataset')
