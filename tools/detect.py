"""Compare detectors of wrong labels: ``python tools/detect.py CONFIG CHECKPOINT``.

CleanNet learns from the verification labels of the config's training set, on the
features of the checkpoint's network. Where some verification labels are held out (or
true labels are known), all methods of the paper's Table 2 are compared, on at most
5,000 samples of each class.
"""

import argparse
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS, HOOKS
from torch import Tensor

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection.detection_files import write_detection
from nl_plugins.detection.detection_run import DetectionRun
from nl_plugins.detection.table import detection_table
from nl_plugins.detection.verification_split import (
    VerificationSplit,
    split_verification,
)
from nl_plugins.formats.label_file import advice, read_label_file
from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook
from nl_plugins.methods.cleannet.verification_folds import verification_folds
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.supervision.class_names_hook import check_checkpoint
from nl_plugins.supervision.start_checks import walk_pipeline
from nl_plugins.supervision.table_hook import plain_model
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
    parser.add_argument(
        '--held-out-classes',
        nargs='+',
        help='learn nothing from these classes (names or numbers), judge on them; '
        "default: those of the config's CleanNetHook",
    )
    parser.add_argument('--seed', type=int, help='seed of CleanNet and the baselines')
    parser.add_argument('--out', type=Path, help='default: detection/ in the work_dir')
    return parser.parse_args()


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
    runner: Runner, hook: CleanNetHook, split: VerificationSplit, data: TrainingSet
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
    return DetectionRun(data, walk, hook.round, split, **places)


def main() -> None:
    """Walk, detect, write, print."""
    args = parse_args()
    runner = build_runner(load_run_config(args), args)
    cfg, model = runner.cfg, plain_model(runner)
    loaded = load_weights(runner, args.checkpoint)
    hook = cleannet_hook(cfg, args.seed)
    data = TrainingSet(DATASETS.build(cfg.train_dataloader.dataset))
    check_checkpoint(loaded, 'the training set', data.dataset)
    if not bool((data.verification >= 0).any()):
        raise SystemExit(
            'no sample of the training set has a verification label: tools/verify.py '
            'lists images to look at, VerificationLabels reads the list'
        )
    held_out = args.held_out_classes
    classes = data.labels_of(hook.held_out_classes if held_out is None else held_out)
    split = split_verification(
        data.given_labels,
        data.verification,
        held_out_labels(args.held_out, cfg, data, hook.seed),
        data.true_labels,
        classes,
        seed=hook.seed,
    )
    result = detection_run(runner, hook, split, data)(model)
    if not is_main_process():
        return
    facts = dict(
        config=args.config,
        checkpoint=args.checkpoint,
        seed=hook.seed,
        held_out_classes=classes,
        num_learnt=int((split.learnt >= 0).sum()),
        num_judged=int((split.judged >= 0).sum()),
    )
    folder = args.out or Path(cfg.work_dir) / 'detection'
    files = write_detection(folder, data, result, hook.weighting, facts)
    if result.methods:
        print(f'\nJudged on {facts["num_judged"]} samples:\n')
        print(detection_table(result.methods))
    else:
        print('\nNothing to judge by: hold out a part with --held-out 5')
    print('\nfiles:', *files, sep='\n  ')
    print('\n' + advice(files[0], read_label_file(files[0]).recommended))


if __name__ == '__main__':
    main()
