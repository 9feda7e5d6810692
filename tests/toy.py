"""A tiny data set with planted label noise and runs on it."""

from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS, MODELS
from mmpretrain.structures import DataSample
from torch import nn

import nl_plugins  # noqa: F401  (registers the components)

NUM_CLASSES = 3
NUM_SAMPLES = 30
PIPELINE = [dict(type='PackInputs')]


@DATASETS.register_module()
class ToyImages(BaseDataset):
    """One bright colour channel a class plus pixel noise; every fifth label wrong."""

    METAINFO = dict(classes=['red', 'green', 'blue'])

    def __init__(
        self, size=32, num_samples=NUM_SAMPLES, verified=False, seed=0, **kwargs
    ):
        self.size, self.num_samples, self.seed = size, num_samples, seed
        self.verified = verified
        super().__init__(ann_file='', **kwargs)

    def load_data_list(self):
        rng = np.random.default_rng(self.seed)
        infos = []
        for index in range(self.num_samples):
            true = index % NUM_CLASSES
            given = (true + 1) % NUM_CLASSES if index % 5 == 0 else true
            image = rng.integers(0, 60, (self.size, self.size, 3), dtype=np.uint8)
            image[..., true] += 180
            info = dict(img=image, gt_label=given, true_label=true)
            if self.verified:
                info['verification'] = int(given == true) if index % 2 else -1
            infos.append(info)
        return infos


@MODELS.register_module()
class TinyNet(nn.Module):
    """A backbone of one convolution with batch norm: 8 features."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 4, 4), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
        )

    def forward(self, x):
        return (self.layers(x).flatten(1),)


def tiny_model(**head):
    head = {
        'type': 'LinearClsHead',
        'num_classes': NUM_CLASSES,
        'in_channels': 8,
        'loss': dict(type='CrossEntropyLoss'),
        **head,
    }
    return dict(
        type='ImageClassifier',
        backbone=dict(type='TinyNet'),
        head=head,
        data_preprocessor=dict(
            mean=[100.0] * 3, std=[60.0] * 3, num_classes=NUM_CLASSES
        ),
    )


def loader(dataset, **kwargs):
    return {
        'batch_size': 8,
        'num_workers': 0,
        'dataset': dataset,
        'sampler': dict(type='DefaultSampler', shuffle=True),
        **kwargs,
    }


def toy(**kwargs):
    return dict(type='ToyImages', **{'pipeline': PIPELINE, **kwargs})


def config(work_dir: Path, hooks: list, model=None, **changes) -> Config:
    """A run of two epochs, with ``changes`` to the top level."""
    cfg = dict(
        default_scope='mmpretrain',
        model=model or tiny_model(),
        train_dataloader=loader(toy()),
        val_dataloader=loader(
            toy(test_mode=True), sampler=dict(type='DefaultSampler', shuffle=False)
        ),
        val_evaluator=dict(type='Accuracy'),
        val_cfg=dict(),
        train_cfg=dict(by_epoch=True, max_epochs=2, val_interval=100),
        optim_wrapper=dict(
            optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=1e-4)
        ),
        custom_hooks=hooks,
        default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
        randomness=dict(seed=0),
        work_dir=str(work_dir),
        experiment_name=f'{work_dir.name}-{np.random.default_rng().integers(1 << 60)}',
        log_level='WARNING',
    )
    cfg.update(changes)
    return Config(cfg)


def build(work_dir: Path, hooks: list, model=None, **changes) -> Runner:
    return Runner.from_cfg(config(work_dir, hooks, model, **changes))


def hook_of(runner: Runner, kind: type):
    return next(hook for hook in runner.hooks if isinstance(hook, kind))


def data_samples(labels, weights=None):
    """Of a batch; with weights, targets that a hook has weighted."""
    made = []
    for row, label in enumerate(labels):
        sample = DataSample(metainfo=dict(sample_idx=row)).set_gt_label(label)
        if weights:
            sample.set_gt_score(weights[row] * torch.eye(NUM_CLASSES)[label])
        made.append(sample)
    return made
