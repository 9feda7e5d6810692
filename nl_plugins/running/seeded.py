"""The seed of all that is random in a run."""

from typing import Any

from mmengine.config import Config
from mmengine.registry import Registry
from mmpretrain.datasets import KFoldDataset
from mmpretrain.registry import DATASETS, HOOKS

from ..datasets.wrappers.dataset_view import DatasetView
from ..supervision.supervision_hook import SupervisionHook

__all__ = ['seeded']


def seeded(config: Config, seed: int) -> Config:
    """A copy of the config with this seed for all that is random in a run.

    That is the network, the methods, and the labels that are drawn for the training and
    the validation data: every wrapper of this package that draws some, and every
    dataset or sampler whose config has a seed. The test data stays as it is, but for
    the folds of a KFoldDataset, which would overlap with those of the training.
    """
    config = Config(config.to_dict())
    config.randomness = dict(config.get('randomness', {}), seed=seed)
    for name in ('train_dataloader', 'val_dataloader'):
        _seed_datasets(config.get(name), seed)
    _seed_datasets(config.get('test_dataloader'), seed, folds_only=True)
    for hook in config.get('custom_hooks') or []:
        _seed_datasets(list(hook.values()), seed)
        if _is_kind(HOOKS, hook, SupervisionHook):
            hook.seed = seed
    return config


def _seed_datasets(config: Any, seed: int, folds_only: bool = False) -> None:
    """Seed datasets and samplers in a part of a config, also those inside others."""
    if isinstance(config, dict):
        has_seed = config.get('seed') is not None
        if folds_only:
            drawn = has_seed and _is_kind(DATASETS, config, KFoldDataset)
        else:
            drawn = has_seed or _is_kind(DATASETS, config, DatasetView)
        if drawn:
            config['seed'] = seed
        config = [part for key, part in config.items() if key != 'pipeline']
    for part in config if isinstance(config, (list, tuple)) else ():
        _seed_datasets(part, seed, folds_only)


def _is_kind(registry: Registry, config: dict, kind: type) -> bool:
    found = config.get('type')
    found = registry.get(found) if isinstance(found, str) else found
    return isinstance(found, type) and issubclass(found, kind)
