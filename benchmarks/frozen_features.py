"""An epoch of a head: on a feature file, and through images and the frozen network.

The head, batches and schedule are the same: a linear classifier of EfficientNet-Lite0
in batches of 128. The images are random, 32 pixels enlarged to 128, and so are the
weights of the network; the work is that of CIFAR-10N. One thread, wall time of whole
epochs of MMEngine's loop, the fastest of some rounds that take turns. The epoch through
images is over fewer of them, and its time is scaled by their number.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from ratios import record
from training_overhead import RandomImages, ready_runner

from nl_plugins.formats.feature_file_writer import FeatureFileWriter
from nl_plugins.running.run_config import config_path

DIM = 1280


def write_features(path: Path, count: int) -> None:
    """Random features of as many samples."""
    writer = FeatureFileWriter(
        path,
        (1, count, DIM),
        names=[f'{row}.png' for row in range(count)],
        columns=dict(labels=np.arange(count) % 10),
        classes=[],
        identity={},
        about={},
    )
    values = np.random.default_rng(0).random((count, DIM), dtype=np.float32)
    writer.write(0, np.arange(count), values)
    writer.finish()


def build(name: str, dataset: dict, folder: Path) -> Runner:
    """A runner of a config of the package that is ready for its first epoch."""
    config = Config.fromfile(config_path(f'nl_plugins::baseline/{name}.py'))
    config.train_dataloader.dataset = dataset
    config.train_dataloader.collate_fn = dict(type='default_collate')
    config.val_dataloader = config.val_cfg = config.val_evaluator = None
    config.test_dataloader = config.test_cfg = config.test_evaluator = None
    config.default_hooks.checkpoint = None
    for setting in ('init_cfg', 'standardize'):
        config.model.backbone.pop(setting, None)
    config.work_dir = str(folder)
    config.experiment_name = name
    config.log_level = 'ERROR'
    return ready_runner(config)


def main() -> None:
    """Time both and print seconds and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--samples', type=int, default=10_000)
    parser.add_argument('--images', type=int, default=1024)
    parser.add_argument('--rounds', type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_features(folder / 'features', args.samples)
        resize, pack = dict(type='Resize', scale=128), dict(type='PackInputs')
        images = dict(
            type=RandomImages.__name__,
            num_samples=args.images,
            shape=(32, 32, 3),
            pipeline=[resize, pack],
        )
        features = dict(type='Features', file=str(folder / 'features'))
        linear = 'feature_linear_cifar10n_worst'
        runners = [
            build(linear, features, folder),
            build('efficientnet_lite0_cifar10n_worst', images, folder),
        ]
        best = [float('inf')] * 2
        for _ in range(args.rounds):
            for number, runner in enumerate(runners):
                start = time.perf_counter()
                runner.train_loop.run_epoch()
                best[number] = min(best[number], time.perf_counter() - start)
    best[1] *= args.samples / args.images
    print(f'{args.samples} samples    features {best[0]:8.2f} s an epoch')
    print(f'{"":<17} images {best[1]:8.2f} s ({best[1] / best[0]:.0f} times as long)')
    what = 'epoch of a head on a feature file'
    record(what, best[0], 'through images and the frozen network', best[1])


if __name__ == '__main__':
    main()
