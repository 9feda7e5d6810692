"""What a training leaves for plain MMPretrain: a config and a checkpoint to predict."""

from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.runner import CheckpointLoader

from ..datasets.nested import config_pipeline
from .model_files import build_model, image_loader, with_imports, write_model

__all__ = ['plain_config', 'write_plain_classifier']

_PARTS = ('backbone', 'neck', 'head')  # what predicts; the rest is for the training


def write_plain_classifier(cfg: Config, checkpoint: str, out: Path) -> Path:
    """Write a checkpoint with the classifier alone and, beside it, its config.

    Both load in MMPretrain without this package, unless a part of the network is of
    this package: then the config imports it.

    Args:
        cfg: Config of a training on images.
        checkpoint: Its last checkpoint, which also holds the state of the training.
        out: The checkpoint to be.

    Returns:
        The path of the config.

    Raises:
        ValueError: If the config has no test images, or the network is no classifier of
            these parts.
    """
    plain = plain_config(cfg)
    model: Any = build_model(plain)
    loaded = CheckpointLoader.load_checkpoint(checkpoint, 'cpu', logger=None)
    state, own = loaded['state_dict'], model.state_dict()
    missing = sorted(own.keys() - state.keys())
    if missing:
        raise ValueError(f'{checkpoint} has no {missing[0]!r} of a plain classifier')
    model.load_state_dict({name: state[name] for name in own})
    known = (loaded.get('meta') or {}).get('dataset_meta')
    return write_model(plain, model.state_dict(), out, known)


def plain_config(cfg: Config) -> Config:
    """The config that predicts: network, preprocessor and the test pipeline.

    Raises:
        ValueError: As :func:`write_plain_classifier`.
    """
    parts = {name: cfg.model.get(name) for name in _PARTS}
    model = {name: dict(part) for name, part in parts.items() if part is not None}
    if {'backbone', 'head'} - model.keys():
        raise ValueError(f'{cfg.model.type} is no classifier of a backbone and a head')
    model['backbone'].pop('init_cfg', None)
    model['head'].pop('loss', None)
    dataset = (cfg.get('test_dataloader') or {}).get('dataset')
    pipeline = config_pipeline(dataset)
    if not pipeline:
        raise ValueError('the config has no test_dataloader, whose pipeline predicts')
    settings = cfg.model.get('data_preprocessor') or cfg.get('data_preprocessor') or {}
    plain = Config(
        dict(
            model=dict(type='ImageClassifier', **model),
            data_preprocessor=dict(settings, type='ClsDataPreprocessor'),
            test_dataloader=image_loader(pipeline, batch_size=1),
            test_evaluator=dict(type='Accuracy', topk=1),
            test_cfg=dict(),
            default_scope='mmpretrain',
        )
    )
    return with_imports(plain)
