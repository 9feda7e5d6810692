"""What single samples cost: epochs without and with InMemory, and bare arithmetic.

One process, one thread, no dataloader workers; random images with the shape of the
named data set, batches of 128. It measures CPU time, which other processes on the
machine disturb less than wall time. The variants take turns, and the fastest round of
each is reported.
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from mmengine.config import Config
from mmengine.runner import Runner
from ratios import record
from training_overhead import NETWORKS, RandomImages, ready_runner

from nl_plugins.running.run_config import config_path

BATCH_SIZE = 128
MLP = dict(
    type='ImageClassifier',
    backbone=dict(type='FullyConnected', in_channels=32 * 32, dropout=0.0),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
)
# name: network, another model in its place, share of the samples
SETTINGS = {
    'MLP, MNIST': ('lenet5', MLP, 1),
    'LeNet-5, MNIST': ('lenet5', None, 1),
    'ResNet-18 w16, CIFAR': ('resnet18_w16', None, 0.2),
}


def build(name: str, in_memory: bool, samples: int, folder: Path) -> Runner:
    """A runner that is ready for its first epoch."""
    network, model, share = SETTINGS[name]
    base, shape, pipeline = NETWORKS[network]
    config = Config.fromfile(config_path(f'nl_plugins::baseline/{base}.py'))
    dataset = dict(
        type=RandomImages.__name__,
        num_samples=int(samples * share),
        shape=shape,
        pipeline=pipeline,
    )
    config.train_dataloader = dict(
        batch_size=BATCH_SIZE,
        num_workers=0,
        dataset=dict(type='InMemory', dataset=dataset) if in_memory else dataset,
        sampler=dict(type='DefaultSampler', shuffle=True),
        collate_fn=dict(type='default_collate'),
    )
    config.val_dataloader = config.val_cfg = config.val_evaluator = None
    config.test_dataloader = config.test_cfg = config.test_evaluator = None
    config.default_hooks.checkpoint = None
    if model is not None:
        config.model = model
    config.work_dir = str(folder)
    config.experiment_name = f'{name} {in_memory}'
    config.log_level = 'ERROR'
    return ready_runner(config)


class Arithmetic:
    """Forward, backward and step on prepared tensors."""

    def __init__(self, runner: Runner) -> None:
        self.model = runner.model
        self.optimizer = runner.optim_wrapper.optimizer
        self.batches = [
            (
                self.model.data_preprocessor(batch, True)['inputs'],
                torch.cat([sample.gt_label for sample in batch['data_samples']]),
            )
            for batch in runner.train_dataloader
        ]

    def run_epoch(self) -> None:
        """All batches once."""
        for images, labels in self.batches:
            scores = self.model.head(self.model.extract_feat(images))
            self.optimizer.zero_grad()
            F.cross_entropy(scores, labels).backward()
            self.optimizer.step()


def main() -> None:
    """Time the variants and print milliseconds per iteration and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--samples', type=int, default=12_800)
    parser.add_argument('--rounds', type=int, default=4)
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f'{"ms per iteration":<20} per sample  in memory  arithmetic      ratios')
    for name in SETTINGS:
        with tempfile.TemporaryDirectory() as folder:
            runners = [build(name, flag, args.samples, Path(folder)) for flag in (0, 1)]
            loops = [runner.train_loop for runner in runners]
            loops.append(Arithmetic(build(name, True, args.samples, Path(folder))))
            best = [float('inf')] * len(loops)
            for _ in range(args.rounds):
                for i, loop in enumerate(loops):
                    start = time.process_time()
                    loop.run_epoch()
                    best[i] = min(best[i], time.process_time() - start)
            count = len(loops[-1].batches)
        plain, memory, bare = (1000 * seconds / count for seconds in best)
        print(
            f'{name:<20} {plain:10.2f} {memory:10.2f} {bare:11.2f}'
            f'      {plain / memory:.2f}x faster, {memory / bare:.2f}x arithmetic '
            f'(was {plain / bare:.2f}x)'
        )
        what = f'iteration of {name}, in memory'
        record(what, memory / 1e3, 'bare arithmetic', bare / 1e3)
        record(what, memory / 1e3, 'MMPretrain, sample by sample', plain / 1e3)


if __name__ == '__main__':
    main()
