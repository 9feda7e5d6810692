"""Compare detectors of wrong labels: ``python tools/detect.py CONFIG CHECKPOINT``.

All detectors look at the features of the checkpoint's network. A closed form, the
network itself and others need no verification labels; CleanNet and the supervised
baselines of its paper's Table 2 learn from those of the config's training set. Where
some are held out (or true labels are known), the methods are compared, on at most 5,000
samples of each class, and the best one's files are written. Else their rank agreement
is told, the noise rate as the closed form estimates it, and a random list of images to
verify is written.
"""

import argparse
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS, HOOKS
from torch import Tensor

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection.detection_files import write_detection
from nl_plugins.detection.detection_result import (
    CLEANNET,
    CLOSED_FORM,
    DetectionResult,
)
from nl_plugins.detection.detection_run import DetectionRun
from nl_plugins.detection.supervised_detectors import SUPERVISED
from nl_plugins.detection.table import (
    agreement_table,
    detection_table,
    detectors,
    held_out_table,
)
from nl_plugins.detection.to_verify import choose_by_score
from nl_plugins.detection.verification_split import split_verification
from nl_plugins.formats.label_file import advice, read_label_file, write_label_file
from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook
from nl_plugins.methods.cleannet.verification_folds import (
    hidden_classes,
    verification_folds,
)
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.running.sample_list import sample_list
from nl_plugins.running.told_errors import told_errors
from nl_plugins.supervision.class_names_hook import check_checkpoint
from nl_plugins.supervision.sample_hook import plain_model
from nl_plugins.supervision.start_checks import walk_pipeline
from nl_plugins.supervision.walk import Walk


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_run_arguments(parser)
    parser.add_argument('checkpoint', help='of the classifier that gives the features')
    parser.add_argument(
        '--held-out',
        type=int,
        metavar='N',
        help='hold out one of N parts of the verification labels to judge by. Without '
        'it, the verification labels of `detection_dataset` in the config judge (the '
        'same samples, such as Food101N verified by verified_val), else true labels',
    )
    hidden = parser.add_mutually_exclusive_group()
    hidden.add_argument(
        '--held-out-classes',
        nargs='+',
        help='learn nothing from these classes (names or numbers), judge on them; '
        "default: those of the config's CleanNetHook",
    )
    hidden.add_argument(
        '--held-out-counts',
        nargs='+',
        type=int,
        metavar='N',
        help='the same with N classes, drawn by the seed, for each N in turn (Lee et '
        'al. Fig. 5); files go to held_out_N/ in the folder',
    )
    parser.add_argument(
        '--method',
        choices=method_names(),
        help='whose decisions are written to the files; default: the method of the '
        'least error; where nothing judges, CleanNet, or without verification labels '
        'the closed form',
    )
    parser.add_argument(
        '--count',
        type=int,
        default=200,
        help='images in the list to verify, where nothing judges (default 200)',
    )
    parser.add_argument('--seed', type=int, help='seed of CleanNet and the baselines')
    parser.add_argument('--out', type=Path, help='default: detection/ in the work_dir')
    return parser.parse_args()


def method_names() -> list[str]:
    """The methods that can decide on all samples."""
    return [CLOSED_FORM, CLEANNET, *detectors()]


def cleannet_hook(cfg: Config, seed: int | None) -> CleanNetHook:
    """The config's CleanNetHook, else one with the defaults."""
    settings = dict(start_epoch=1)
    for config in cfg.get('custom_hooks') or []:
        kind = config['type']
        if (HOOKS.get(kind) if isinstance(kind, str) else kind) is CleanNetHook:
            settings = dict(config)
            break
    for name in ('type', 'priority'):  # the rest is the hook's own
        settings.pop(name, None)
    if seed is not None:
        settings['seed'] = seed
    return CleanNetHook(**settings)


def held_out_labels(
    num_parts: int | None, cfg: Config, training_set: TrainingSet, seed: int
) -> Tensor | None:
    """(N,) verification labels to judge by; None leaves it to true labels."""
    verification = training_set.verification
    if num_parts is not None:
        given = training_set.given_labels
        parts = verification_folds(given, verification, num_parts, seed)
        return verification.masked_fill(parts != 0, -1)
    if cfg.get('detection_dataset') is None:
        return None
    other = TrainingSet(DATASETS.build(cfg.detection_dataset))
    training_set.check_class_names(other, 'detection_dataset')
    same = other.fingerprint == training_set.fingerprint
    if not same or not bool((other.verification >= 0).any()):
        raise SystemExit(
            'detection_dataset must have the samples of the training set, and '
            'verification labels'
        )
    return other.verification.masked_fill(verification >= 0, -1)


def detection_run(
    runner: Runner,
    hook: CleanNetHook,
    data: TrainingSet,
    method: str | None,
) -> DetectionRun:
    """A detection with the settings of the hook and of the training dataloader."""
    loader = runner.cfg.train_dataloader
    walk = Walk(
        data.dataset,
        walk_pipeline(runner, hook.pipeline),
        batch_size=loader.get('batch_size') or 128,
        num_workers=loader.get('num_workers', 0),
        cache_limit=0,
        feature_layer=hook.feature_layer,
    )
    places = dict(memory_limit=hook.memory_limit, directory=runner.cfg.work_dir)
    return DetectionRun(data, walk, hook.round, **places, method=method)


def to_verify(folder: Path, data: TrainingSet, count: int, seed: int) -> Path:
    """Write a random list of images, of each class its share."""
    given, path = data.given_labels.numpy(), folder / 'to_verify.csv'
    facts = np.zeros(len(given)), given, data.verification.numpy()
    rows = choose_by_score(*facts, count, 'random', seed)
    write_label_file(path, **vars(sample_list(data, rows, facts[2][rows])))
    return path


def main() -> None:
    """Walk, detect, write, print."""
    args = parse_args()
    with told_errors('detect'):
        cfg = load_run_config(args)
    runner = build_runner(cfg, args)
    cfg, model = runner.cfg, plain_model(runner)
    with told_errors('detect'):
        loaded = load_weights(runner, args.checkpoint)
    hook = cleannet_hook(cfg, args.seed)
    data = TrainingSet(DATASETS.build(cfg.train_dataloader.dataset))
    check_checkpoint(loaded, 'the training set', data.dataset)
    folder = args.out or Path(cfg.work_dir) / 'detection'
    places = {folder / f'held_out_{n}': n for n in args.held_out_counts or ()}
    if not places:
        named = args.held_out_classes
        places = {folder: hook.held_out_classes if named is None else named}
    hidden = [hidden_classes(data, each, hook.seed) for each in places.values()]
    judges = held_out_labels(args.held_out, cfg, data, hook.seed)
    labels = data.given_labels, data.verification, judges, data.true_labels
    splits = [split_verification(*labels, each, seed=hook.seed) for each in hidden]
    learn = all(bool((split.learnt >= 0).any()) for split in splits)
    if not learn and args.method in (CLEANNET, *SUPERVISED):
        raise SystemExit(
            f'{args.method} learns from verification labels, but no sample of the '
            'training set has one: tools/verify.py lists images to look at'
        )
    run, table = detection_run(runner, hook, data, args.method), {}
    found = run.each(model, splits)
    for place, classes, split, result in zip(places, hidden, splits, found):
        if is_main_process():
            facts = dict(
                config=args.config,
                checkpoint=args.checkpoint,
                seed=hook.seed,
                held_out_classes=classes,
                num_learnt=int((split.learnt >= 0).sum()),
                num_judged=int((split.judged >= 0).sum()),
            )
            files = write_detection(place, data, result, hook.weighting, facts)
            tell(result, files, facts['num_judged'], data, args.count, hook.seed)
            table[len(classes)] = result.methods
    if len(table) > 1:
        print(f'\nErrors on the classes held out (%):\n\n{held_out_table(table)}')


def tell(
    result: DetectionResult,
    files: list[Path],
    num_judged: int,
    data: TrainingSet,
    count: int,
    seed: int,
) -> None:
    """Print what was found; write a list to verify where nothing judges."""
    if result.methods:
        print(f'\nJudged on {num_judged} samples:\n')
        print(detection_table(result.methods))
    else:
        files.append(to_verify(files[0].parent, data, count, seed))
        print(f'\n{agreement_table(result.agreement)}\n')
        print(
            f'Nothing judges the methods: fill in {files[-1]} and give it to '
            'VerificationLabels, or with verification labels hold out a part with '
            '--held-out 5'
        )
    rate, error = result.estimate.noise_rate()
    print(
        f'\nEstimated share of wrong labels: {rate:.1%} +- {error:.1%} (closed form; '
        'too low if the features were trained on these labels)'
    )
    print(f'\nFiles by the method {result.chosen!r} (--method chooses another):')
    print(*files, sep='\n  ')
    print('\n' + advice(files[0], read_label_file(files[0]).recommended))


if __name__ == '__main__':
    main()
