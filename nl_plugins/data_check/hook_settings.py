"""What the hooks of a config read besides the dataloaders."""

from collections.abc import Iterator
from typing import Any

from mmengine.config import Config
from mmpretrain.registry import DATASETS, HOOKS

__all__ = ['hook_settings', 'named_datasets']


def hook_settings(cfg: Config) -> Iterator[tuple[str, type, dict]]:
    """``custom_hooks.<i>``, class and arguments of each hook whose class is known."""
    for number, hook in enumerate(cfg.get('custom_hooks') or []):
        settings = hook if isinstance(hook, dict) else vars(hook)
        kind = hook.get('type') if isinstance(hook, dict) else type(hook)
        kind = HOOKS.get(kind) if isinstance(kind, str) else kind
        if isinstance(kind, type):
            yield f'custom_hooks.{number}', kind, settings


def named_datasets(cfg: Config) -> dict[str, Any]:
    """Configs of the datasets that hooks name, and that of ``tools/detect.py``."""
    named = {
        f'{name}.{key}': value
        for name, _, settings in hook_settings(cfg)
        for key, value in settings.items()
        if _is_dataset(value)
    }
    if cfg.get('detection_dataset') is not None:
        named['detection_dataset'] = cfg['detection_dataset']
    return named


def _is_dataset(value: Any) -> bool:
    kind = value.get('type') if isinstance(value, dict) else None
    if isinstance(kind, str):
        return DATASETS.get(kind) is not None
    return kind is not None and kind in DATASETS.module_dict.values()
