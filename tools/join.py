"""Make one model of a head that was trained on features and the network behind them.

``python tools/join.py HEAD_CONFIG HEAD_CHECKPOINT CONFIG [CHECKPOINT] --out model.pth``
writes a checkpoint and, beside it, a config (``model.py``) of a model that predicts
images. CONFIG and CHECKPOINT are those that were given to ``extract.py``.
"""

import argparse
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import save_checkpoint

import nl_plugins  # noqa: F401  (registers the components)
from nl_plugins.running.load_weights import load_whole
from nl_plugins.running.run_config import config_path
from nl_plugins.running.whole_model import build_model, whole_config, whole_model


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('head_config', help='of the training on features')
    parser.add_argument('head_checkpoint', help='of that training')
    parser.add_argument('config', help='of the network that made the features')
    parser.add_argument(
        'checkpoint', nargs='?', help='of that network, if extracted so'
    )
    parser.add_argument('--out', type=Path, required=True, help='the checkpoint to be')
    return parser.parse_args()


def main() -> None:
    """Load, join, save."""
    args = parse_args()
    feature_cfg = Config.fromfile(config_path(args.head_config))
    image_cfg = Config.fromfile(config_path(args.config))
    init_default_scope(image_cfg.get('default_scope', 'mmpretrain'))
    features, images = build_model(feature_cfg), build_model(image_cfg)
    loaded = load_whole(features, args.head_checkpoint)
    checkpoint = args.checkpoint or image_cfg.get('load_from')
    if checkpoint is None:
        images.init_weights()
    else:
        load_whole(images, checkpoint)
    meta = loaded.get('meta') or {}
    state = whole_model(images, features, meta)
    data = {k: v for k, v in meta['dataset_meta'].items() if k != 'features'}
    save_checkpoint(dict(meta=dict(dataset_meta=data), state_dict=state), str(args.out))
    cfg = whole_config(image_cfg, feature_cfg)
    load_whole(build_model(cfg), str(args.out))
    config = args.out.with_suffix('.py')
    cfg.dump(str(config))
    print(f'wrote {args.out} and {config}: python tools/test.py {config} {args.out}')


if __name__ == '__main__':
    main()
