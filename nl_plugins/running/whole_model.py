"""A head that was trained on features, with the network that made them: one model."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmpretrain.models.heads import LinearClsHead
from torch import Tensor, nn

from ..backbones.feature_vectors import FeatureVectors
from ..supervision.network_fingerprint import network_fingerprint
from .load_weights import load_whole
from .model_files import build_model, with_imports, write_model
from .run_config import read_config

__all__ = ['whole_config', 'whole_model', 'write_whole_model']


def write_whole_model(
    feature_cfg: Config,
    feature_checkpoint: str,
    config: str,
    checkpoint: str | None,
    out: Path,
) -> Path:
    """Write a checkpoint and, beside it, its config, which predict images.

    Args:
        feature_cfg: Config of the training on features.
        feature_checkpoint: Its last checkpoint.
        config: Of the network that made the features.
        checkpoint: Of that network; by default its ``load_from``, else ``init_cfg``.
        out: The checkpoint to be.

    Returns:
        The path of the config.

    Raises:
        ValueError: If the features are those of another network, see
            :func:`whole_model`.
    """
    image_cfg = read_config(config)
    features: Any = build_model(feature_cfg)
    images: Any = build_model(image_cfg)
    loaded = load_whole(features, feature_checkpoint)
    checkpoint = checkpoint or image_cfg.get('load_from')
    if checkpoint is None:
        images.init_weights()
    else:
        load_whole(images, checkpoint)
    meta = loaded.get('meta') or {}
    state = whole_model(images, features, meta)
    data = {k: v for k, v in meta['dataset_meta'].items() if k != 'features'}
    cfg = whole_config(image_cfg, feature_cfg)
    build_model(cfg).load_state_dict(state)
    return write_model(cfg, state, out, data)


def whole_model(
    images: Any, features: Any, meta: Mapping[str, Any]
) -> dict[str, Tensor]:
    """The weights of the image model with the head of the feature model.

    The head takes the standardisation in: its first linear layer is scaled and shifted,
    so that the model consists of the image model's parts and that head.

    Args:
        images: An image classifier with a LinearClsHead, which is replaced.
        features: A classifier of its features, with :class:`FeatureVectors`.
        meta: ``meta`` of the checkpoint of ``features``, which tells the network that
            made its features.

    Raises:
        ValueError: If the features are not those of ``images``, or the head does not
            begin with a linear layer.
    """
    _check_network(images, meta)
    backbone, head = features.backbone, deepcopy(features.head)
    if not isinstance(backbone, FeatureVectors) or features.neck is not None:
        raise ValueError(
            'the model of the features must have the backbone FeatureVectors and no '
            f'neck, but has {type(backbone).__name__}, {type(features.neck).__name__}'
        )
    first = next((m for m in head.modules() if isinstance(m, nn.Linear)), None)
    if first is None or first.bias is None:
        raise ValueError(f'{type(head).__name__} has no linear layer with a bias')
    with torch.no_grad():
        weight = first.weight.double() * backbone.scale.double()
        shift = weight @ backbone.mean.double()
        first.bias.copy_(first.bias.double() - shift)
        first.weight.copy_(weight)
    _check_head(features, head)
    state = {
        name: value
        for name, value in images.state_dict().items()
        if not name.startswith('head.')
    }
    return {**state, **{f'head.{k}': v for k, v in head.state_dict().items()}}


def whole_config(images: Config, features: Config) -> Config:
    """The config of that model: to test, and to predict images."""
    model = images.model.to_dict()
    model['head'] = features.model['head'].to_dict()
    keys = ('default_scope', 'data_preprocessor', 'test_dataloader', 'test_evaluator')
    cfg = {key: images[key] for key in keys if images.get(key) is not None}
    for place in (cfg, model):
        if place.get('data_preprocessor') is not None:
            settings = dict(place['data_preprocessor'])
            settings['num_classes'] = model['head']['num_classes']
            place['data_preprocessor'] = settings
    return with_imports(Config(dict(cfg, model=model, test_cfg=dict())))


def _check_network(images: Any, meta: Mapping[str, Any]) -> None:
    head = type(images.head)
    if head is not LinearClsHead:
        raise ValueError(
            'the features must be all that the head gets, as in a model with a '
            f'LinearClsHead, but this has a {head.__name__}'
        )
    made_by = (meta.get('dataset_meta') or {}).get('features') or {}
    if not made_by:
        raise ValueError('the checkpoint of the head was not trained on features')
    if made_by['network'] != network_fingerprint(images):
        raise ValueError(
            'the head was trained on features of another network (or another layer '
            'of it): give the config and checkpoint that were extracted'
        )


@torch.no_grad()
def _check_head(features: Any, head: nn.Module) -> None:
    """Predictions must be the same without the standardisation."""
    backbone = features.backbone
    backbone.eval()
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(8, backbone.in_channels, generator=generator)
    inputs = backbone.mean + noise / backbone.scale
    with_it = features.head.eval()(backbone(inputs))
    without = head.eval()((inputs,))
    if not torch.allclose(with_it, without, rtol=1e-3, atol=1e-3):
        raise ValueError(
            f'{type(head).__name__} does not begin with a linear layer, which the '
            'standardisation could become a part of'
        )
