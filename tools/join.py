"""Join a trained head: ``python tools/join.py HEAD_CONFIG HEAD_CHECKPOINT CONFIG``.

It becomes one model with the network that made the features. ``--out model.pth``
writes a checkpoint and, beside it, a config (``model.py``) of a model that predicts
images. CONFIG and CHECKPOINT are those that were given to ``extract.py``.
"""

import argparse
from pathlib import Path

from mmengine.registry import init_default_scope

import nl_plugins  # noqa: F401  (registers the components)
from nl_plugins.running.run_config import read_config
from nl_plugins.running.told_errors import told_errors
from nl_plugins.running.whole_model import write_whole_model


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
    with told_errors('join'):
        cfg = read_config(args.head_config)
        init_default_scope(cfg.default_scope)
        head, network = args.head_checkpoint, (args.config, args.checkpoint)
        config = write_whole_model(cfg, head, *network, args.out)
    print(f'wrote {args.out} and {config}: python tools/test.py {config} {args.out}')


if __name__ == '__main__':
    main()
