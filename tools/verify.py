"""List images whose labels a person should verify: ``python tools/verify.py CONFIG``.

Fill in the column ``verification`` (1 the label is right, 0 it is wrong) and train with
``dict(type='VerificationLabels', dataset=..., file='to_verify.csv')``.
"""

import argparse
from pathlib import Path

from mmengine.config import DictAction
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection.to_verify import (
    choose_classes,
    choose_images,
    read_class_groups,
)
from nl_plugins.formats.verification_file import write_verification_file
from nl_plugins.running.run_config import read_config


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Choose images of the training set at random, as many of each '
        'class, and write the list of them for a person to fill in.'
    )
    parser.add_argument('config', help="config file, or 'nl_plugins::...'")
    parser.add_argument(
        '--per-class', type=int, default=50, help='images per class (default 50)'
    )
    parser.add_argument('--classes', type=int, help='number of classes to draw')
    parser.add_argument(
        '--groups',
        help='CSV with the header class,group: one class of each group is chosen (the '
        "paper's groups are WordNet's second-level hypernyms)",
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--out', type=Path, default=Path('to_verify.csv'))
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    if args.per_class < 1:
        parser.error(f'--per-class must be at least 1, got {args.per_class}')
    return args


def main() -> None:
    """Choose and write; a list that is there is not overwritten."""
    args = parse_args()
    if args.out.exists():
        raise SystemExit(f'{args.out} is there already: move it or give another --out')
    cfg = read_config(args.config, args.cfg_options)
    init_default_scope(cfg.default_scope)
    training_set = TrainingSet(DATASETS.build(cfg.train_dataloader.dataset))
    given = training_set.given_labels
    names = training_set.dataset.metainfo.get('classes')
    names = list(names or map(str, range(int(given.max()) + 1)))
    groups = read_class_groups(args.groups, names) if args.groups else None
    classes = choose_classes(len(names), args.classes, groups, args.seed)
    known = training_set.verification
    chosen = choose_images(given, known, classes, args.per_class, args.seed)
    paths = training_set.paths()
    write_verification_file(
        args.out,
        rows=chosen,
        img_paths=[paths[index] for index in chosen],
        given_labels=given[chosen],
        class_names=[names[given[index]] for index in chosen],
    )
    print(f'{len(chosen)} images of {len(classes)} classes: {args.out}')
    print('Fill in the column verification (1: the label is right, 0: it is wrong).')


if __name__ == '__main__':
    main()
