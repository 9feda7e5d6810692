"""A network, its config, and the two files that hold them."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmpretrain.registry import DATASETS, MODELS
from torch import Tensor, nn

from ..datasets.nested import nested_configs
from ..formats.atomic_file import atomic_write

__all__ = ['build_model', 'image_loader', 'with_imports', 'write_model']


def build_model(cfg: Config) -> nn.Module:
    """The model of a config, with its data preprocessor, in eval mode."""
    model = cfg.model.to_dict()
    model.setdefault('data_preprocessor', cfg.get('data_preprocessor'))
    return MODELS.build(model).eval()


def with_imports(cfg: Config) -> Config:
    """The config, which imports this package if its model or test set is of it."""
    tested_on = nested_configs((cfg.get('test_dataloader') or {}).get('dataset'))
    kinds: list[Any] = [DATASETS.get(dataset['type']) for dataset in tested_on]
    kinds += map(type, build_model(cfg).modules())
    if any(kind.__module__.startswith('nl_plugins.') for kind in kinds):
        cfg.custom_imports = dict(imports=['nl_plugins'])
    return cfg


def write_model(
    cfg: Config,
    state: Mapping[str, Tensor],
    out: Path,
    dataset_meta: Mapping[str, Any] | None = None,
) -> Path:
    """Write a checkpoint and, beside it, its config, each replaced as a whole.

    Args:
        cfg: The config.
        state: The weights by their name.
        out: The checkpoint to be.
        dataset_meta: What the network knows of its data, such as the ``classes``.

    Returns:
        The path of the config, that of the checkpoint with the suffix ``.py``.
    """
    meta = dict(dataset_meta=dict(dataset_meta or {}))
    weights = {name: value.cpu() for name, value in state.items()}
    content = BytesIO()  # to a full disk torch fails by itself, and hides the reason
    torch.save(dict(meta=meta, state_dict=weights), content)
    with atomic_write(out, 'wb') as stream:
        stream.write(content.getbuffer())
    path = out.with_suffix('.py')
    with atomic_write(path) as stream:
        stream.write(cfg.pretty_text)
    return path


def image_loader(pipeline: Any, batch_size: int) -> dict[str, Any]:
    """The dataloader of images of any place, as a start for a test set.

    >>> image_loader([dict(type='PackInputs')], 1)['dataset']['pipeline']
    [{'type': 'PackInputs'}]
    """
    return dict(
        batch_size=batch_size,
        num_workers=0,
        dataset=dict(type='CustomDataset', data_root='', pipeline=pipeline),
        sampler=dict(type='DefaultSampler', shuffle=False),
    )
