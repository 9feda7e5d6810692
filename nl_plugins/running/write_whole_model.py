"""One model of a head that was trained on features and the network behind them."""

from pathlib import Path
from typing import Any

from mmengine.config import Config

from .load_weights import load_whole
from .model_files import write_model
from .run_config import read_config
from .whole_model import build_model, whole_config, whole_model

__all__ = ['write_whole_model']


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
