"""What SMP costs relative to plain training, on images like those of MNIST or CIFAR.

Epochs of the variants take turns in one process; the fastest round of each is reported,
in processor time unless there are dataloader workers. The images are random, by default
as many as MNIST has, for LeNet-5; for ResNet-18 they are flipped and cropped.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS
from ratios import record

from nl_plugins.running.run_config import config_path

SMP = dict(type='SMPHook', alpha=0.5, candidate_fraction=0.2, label_file=None)
VARIANTS = {
    'plain': [],
    'targets only': [dict(SMP, start_epoch=1, interval=10**6)],
    'offline correction': [dict(SMP, start_epoch=1)],
    'offline, no cache': [dict(SMP, start_epoch=1, cache_limit=0)],
    'online correction': [dict(SMP, start_epoch=2, online=True)],
}


PACK = dict(type='PackInputs')
CROP = dict(type='RandomCrop', crop_size=32, padding=4)
FLIP = dict(type='RandomFlip', prob=0.5, direction='horizontal')
# name: config of the baseline, shape of the images, pipeline
NETWORKS = {
    'lenet5': ('lenet5_mnist_sym50', (28, 28), [PACK]),
    'resnet18_w16': ('small_cifar10n_worst', (32, 32, 3), [CROP, FLIP, PACK]),
}


@DATASETS.register_module()
class RandomImages(BaseDataset):
    """Images, by default in MNIST's form, and labels, drawn at random."""

    METAINFO = dict(classes=[str(label) for label in range(10)])

    def __init__(self, num_samples: int, shape: tuple[int, ...] = (28, 28), **kwargs):
        self.num_samples, self.shape = num_samples, shape
        super().__init__(ann_file='', **kwargs)

    def load_data_list(self) -> list[dict]:
        """Draw them."""
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (self.num_samples, *self.shape), dtype=np.uint8)
        labels = rng.integers(0, 10, self.num_samples).tolist()
        return [
            dict(img=image, gt_label=label)
            for image, label in zip(images, labels, strict=True)
        ]


def build(name: str, hooks: list, args: argparse.Namespace, folder: Path) -> Runner:
    """The runner of a variant."""
    base, shape, pipeline = NETWORKS[args.network]
    config = Config.fromfile(config_path(f'nl_plugins::baseline/{base}.py'))
    data = dict(type='RandomImages', shape=shape, pipeline=pipeline)
    config.train_dataloader.dataset = dict(data, num_samples=args.samples)
    config.val_dataloader.dataset = dict(data, num_samples=512, test_mode=True)
    config.train_dataloader.num_workers = args.workers
    config.train_dataloader.persistent_workers = args.workers > 0
    config.default_hooks.checkpoint = None
    config.custom_hooks = hooks
    config.work_dir = str(folder / name.replace(' ', '_'))
    config.experiment_name = name
    config.log_level = 'ERROR'
    return ready_runner(config)


def ready_runner(config: Config) -> Runner:
    """A runner that is ready for its first epoch."""
    runner = Runner.from_cfg(config)
    runner._train_loop = runner.build_train_loop(runner._train_loop)
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    runner.param_schedulers = runner.build_param_scheduler(runner.param_schedulers)
    if runner._val_loop is not None:
        runner._val_loop = runner.build_val_loop(runner._val_loop)
    runner.call_hook('before_run')
    runner._init_model_weights()
    runner.optim_wrapper.initialize_count_status(runner.model, 0, 10**9)
    runner.call_hook('before_train')
    return runner


def main() -> None:
    """Time the variants and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--network', choices=NETWORKS, default='lenet5')
    parser.add_argument('--samples', type=int, default=60_000)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    clock = time.perf_counter if args.workers else time.process_time
    with tempfile.TemporaryDirectory() as folder:
        runners = {
            name: build(name, hooks, args, Path(folder))
            for name, hooks in VARIANTS.items()
        }
        for runner in runners.values():  # fills caches, starts workers
            runner.train_loop.run_epoch()
        best = dict.fromkeys(runners, float('inf'))
        for _ in range(args.rounds):
            for name, runner in runners.items():
                start = clock()
                runner.train_loop.run_epoch()
                best[name] = min(best[name], clock() - start)
    setting = f'{args.network}, {args.samples} images'
    print(f'{setting}, {args.workers} workers, {args.threads} threads')
    plain = best['plain']
    for name, seconds in best.items():
        print(f'{name:<20} {seconds:6.2f} s  {seconds / plain:.3f}x')
        if name != 'plain':
            what = f'SMP epoch, {name}, {args.network}'
            record(what, seconds, 'plain epoch', plain)


if __name__ == '__main__':
    main()
