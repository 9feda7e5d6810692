"""List images to verify: ``python tools/verify.py CONFIG`` or ``--from labels.csv``.

``--from`` takes the file that ``find`` or a run wrote, and chooses by its scores. Fill
in the column ``verification`` (1 the label is right, 0 it is wrong) and train with
``dict(type='VerificationLabels', dataset=..., file='to_verify.csv')``, or give the file
to ``find --verified``. With ``--judge`` a network that knows the classes fills it in.
"""

import argparse
from pathlib import Path

import numpy as np
from mmengine.config import DictAction
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection.pseudo_verification import verified_by_network
from nl_plugins.detection.to_verify import (
    ORDERS,
    choose_by_score,
    choose_classes,
    choose_images,
    read_class_groups,
)
from nl_plugins.detection.wordnet_groups import classes_below, hypernym_groups
from nl_plugins.formats.label_file import read_label_file, write_label_file
from nl_plugins.running.feature_network import feature_network
from nl_plugins.running.mark_outlook import count_outlook
from nl_plugins.running.run_config import config_path, read_config
from nl_plugins.running.sample_list import sample_list
from nl_plugins.running.told_errors import told_errors
from nl_plugins.running.unused_options import refuse_unused
from nl_plugins.supervision.class_names_hook import check_checkpoint
from nl_plugins.supervision.walk import Walk

OF_A_FILE = ('count', 'order')
OF_A_JUDGE = ('checkpoint', 'top')
OF_A_CONFIG = (
    'per_class',
    'classes',
    'groups',
    'below',
    'judge',
    'cfg_options',
    *OF_A_JUDGE,
)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Choose images and write the list of them for a person to fill in: '
        'of the training set of a config at random, as many of each class; or of a '
        'cleaned-label file by its scores.'
    )
    parser.add_argument('config', nargs='?', help="config file, or 'nl_plugins::...'")
    parser.add_argument(
        '--from', dest='labels', type=Path, help='a cleaned-label file, labels.csv'
    )
    parser.add_argument(
        '--count', type=int, default=200, help='images of --from (default 200)'
    )
    parser.add_argument(
        '--order',
        choices=ORDERS,
        default='uncertain',
        help='of --from: the labels that scores say least of, whose marks teach most '
        '(default); the most suspicious ones, to find many that are wrong; or of each '
        'class its share at random, for an honest noise rate: those that have a mark '
        'already are among them',
    )
    parser.add_argument(
        '--per-class', type=int, default=50, help='images per class (default 50)'
    )
    parser.add_argument('--classes', type=int, help='number of classes to draw')
    parser.add_argument(
        '--groups',
        help='CSV with the header class,group: one class of each group is chosen; '
        "'wordnet': the groups are WordNet's second-level hypernyms, as in the paper",
    )
    parser.add_argument(
        '--below', help="only classes that WordNet calls a kind of it, as 'dog.n.01'"
    )
    parser.add_argument(
        '--judge',
        metavar='MODEL',
        help='fill in the column by a network that knows the classes: a config or the '
        'name of a model of MMPretrain. A label is called right that is among its '
        '--top likeliest classes',
    )
    parser.add_argument('--checkpoint', help='of --judge')
    parser.add_argument('--top', type=int, default=5, help='of --judge (default 5)')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--out', type=Path, default=Path('to_verify.csv'))
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    if (args.config is None) == (args.labels is None):
        parser.error('give either a config or --from labels.csv')
    for name in ('per_class', 'count', 'top'):
        if getattr(args, name) < 1:
            value = f'at least 1, got {getattr(args, name)}'
            parser.error(f'--{name.replace("_", "-")} must be {value}')
    if args.config is None:
        refuse_unused(parser, args, OF_A_CONFIG, 'is for a config, not for --from')
    else:
        refuse_unused(parser, args, OF_A_FILE, 'is for --from, not for a config')
    if args.judge is None:
        refuse_unused(parser, args, OF_A_JUDGE, 'is for --judge')
    return args


def verify_file(args: argparse.Namespace) -> None:
    """Choose by score, or at random; what was verified is in the list with its mark."""
    file = read_label_file(args.labels)
    if file.scores is None:
        raise SystemExit(f'{args.labels} has no scores to choose by')
    known = file.verification
    facts = file.scores, file.given_labels, known
    chosen = choose_by_score(*facts, args.count, args.order, args.seed)
    write_label_file(args.out, **vars(file.take(chosen)))
    drawn = args.labels.with_name('verified_random.csv')
    if drawn.exists():
        rows = read_label_file(drawn).indices
        marks = known[rows[rows < len(file)]]  # the others are gone
        wrong, count = int((marks == 0).sum()), int((marks >= 0).sum())
        print(count_outlook(wrong, count, len(file)))
    option = '--verified-random' if args.order == 'random' else '--verified'
    looked = int((known[chosen] >= 0).sum())
    more = f' and {looked} that have their mark already' if looked else ''
    print(
        f'{len(chosen) - looked} of {int((known < 0).sum())} images that nobody has '
        f'looked at{more} ({args.order}): {args.out}\n'
        'Fill in the column verification (1: the label is '
        f'right, 0: it is wrong), then: nl-plugins find ... {option} {args.out}'
    )


def chosen_classes(
    args: argparse.Namespace, names: list[str], training_set: TrainingSet
) -> list[int]:
    """The classes whose images are listed."""
    synsets = training_set.dataset.metainfo.get('wordnet_ids')
    if (args.groups == 'wordnet' or args.below) and synsets is None:
        raise SystemExit('the dataset tells no wordnet_ids: give --groups a CSV file')
    if args.below:
        return classes_below(synsets, args.below)
    groups = None
    if args.groups == 'wordnet':
        groups = hypernym_groups(synsets)
    elif args.groups:
        groups = read_class_groups(args.groups, names)
    return choose_classes(len(names), args.classes, groups, args.seed)


def judge(
    args: argparse.Namespace, training_set: TrainingSet, chosen: np.ndarray
) -> np.ndarray:
    """(n,) what the network of ``--judge`` says of the chosen images."""
    if args.checkpoint is None and Path(config_path(args.judge)).exists():
        raise SystemExit(f'--judge {args.judge} needs the --checkpoint of it')
    network = feature_network(args.judge, args.checkpoint, whole=True)
    meta = dict(dataset_meta=getattr(network.model, '_dataset_meta', None))
    trained = network.checkpoint or dict(meta=meta)
    check_checkpoint(trained, 'the training set', training_set.dataset)
    walk = Walk(training_set.dataset, Compose(network.pipeline), cache_limit=0)
    given = training_set.given_labels.numpy()[chosen]
    return verified_by_network(network.model, walk, chosen.tolist(), given, args.top)


def verify_config(args: argparse.Namespace) -> None:
    """Choose at random, as many of each class."""
    cfg = read_config(args.config, args.cfg_options)
    init_default_scope(cfg.default_scope)
    training_set = TrainingSet(DATASETS.build(cfg.train_dataloader.dataset))
    given = training_set.given_labels
    names = training_set.class_names(int(given.max()) + 1)
    classes = chosen_classes(args, names, training_set)
    known = training_set.verification
    chosen = choose_images(given, known, classes, args.per_class, args.seed)
    judged = judge(args, training_set, chosen) if args.judge else None
    write_label_file(args.out, **vars(sample_list(training_set, chosen, judged)))
    print(f'{len(chosen)} images of {len(classes)} classes: {args.out}')
    if judged is None:
        print(
            'Fill in the column verification (1: the label is right, 0: it is wrong).'
        )
    else:
        right, wrong = (judged == 1).sum(), (judged == 0).sum()
        print(f'{right} labels are called right, {wrong} wrong')


def main() -> None:
    """Choose and write; a list that is there is not overwritten."""
    args = parse_args()
    if args.out.exists():
        raise SystemExit(f'{args.out} is there already: move it or give another --out')
    with told_errors('verify'):
        choose = verify_config if args.labels is None else verify_file
        choose(args)


if __name__ == '__main__':
    main()
