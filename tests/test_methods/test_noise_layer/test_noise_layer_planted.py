"""Planted noise of known types: what the noise layer adds to p(y|x) alone.

The class shows weakly in an image, the noise type clearly, as the paper supposes of
images that are easy to mislabel.
"""

import numpy as np
import pytest
import torch
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS, MODELS
from torch import nn
from toy import build, hook_of, loader

from nl_plugins.functional import noise_types
from nl_plugins.methods.noise_layer.noise_layer_hook import NoiseLayerHook
from nl_plugins.methods.noise_layer.noise_posteriors import (
    noise_posteriors,
    walk_noise_types,
)

CLASSES, SIZE = 5, 2000


@DATASETS.register_module()
class PlantedVectors(BaseDataset):
    """Five overlapping clusters, and three numbers that tell the noise type."""

    METAINFO = dict(classes=list('abcde'))

    def load_data_list(self):
        rng = np.random.default_rng(0)
        true = rng.integers(CLASSES, size=SIZE)
        types = rng.choice(3, size=SIZE, p=[0.5, 0.15, 0.35])
        confused = (true + 1 + (rng.random(SIZE) < 0.2)) % CLASSES
        random = (true + rng.integers(1, CLASSES, size=SIZE)) % CLASSES
        noisy = np.choose(types, [true, random, confused])
        vectors = rng.normal(size=(SIZE, 13))
        vectors[np.arange(SIZE), true] += 2.0
        vectors[np.arange(SIZE), 10 + types] += 4.0
        return [
            dict(
                img=vectors[i, :, None, None].astype(np.float32),
                gt_label=int(noisy[i]),
                true_label=int(true[i]),
                noise_type=int(types[i]),
            )
            for i in range(SIZE)
        ]


@MODELS.register_module()
class VectorNet(nn.Module):
    """One hidden layer."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(13, 32), nn.ReLU())

    def forward(self, x):
        return (self.layers(x),)


def head(classes):
    return dict(type='LinearClsHead', num_classes=classes, in_channels=32)


@pytest.fixture(scope='module')
def found(tmp_path_factory):
    """What is known of the noisy samples after a run in the paper's phases."""
    pack = [dict(type='PackInputs')]
    planted = dict(type='PlantedVectors', ann_file='', pipeline=pack)
    network = dict(backbone=dict(type='VectorNet'))
    runner = build(
        tmp_path_factory.mktemp('planted'),
        [dict(type='NoiseLayerHook', phases=dict(classes=1, types=2, joint=3))],
        dict(
            network,
            type='NoiseLayerClassifier',
            head=head(CLASSES),
            noise_layer=dict(type='NoiseLayerHead', num_classes=CLASSES),
            type_network=dict(network, head=head(3)),
            data_preprocessor=dict(num_classes=CLASSES),
        ),
        train_dataloader=loader(
            dict(type='CleanLabels', dataset=planted, fraction=0.1),
            batch_size=100,
            sampler=dict(type='CleanNoisySampler'),
        ),
        val_dataloader=loader(planted, sampler=dict(type='DefaultSampler')),
        train_cfg=dict(by_epoch=True, max_epochs=10, val_interval=100),
        default_hooks=dict(checkpoint=None),
    )
    runner.train()
    hook = hook_of(runner, NoiseLayerHook)
    model, noisy = runner.model, hook.noisy_labels
    types = walk_noise_types(model, hook.walk)
    columns = hook.walk.collect(
        model, lambda batch: noise_posteriors(model, batch, types, noisy)
    )
    assert columns.known.all()
    assert len(columns.known) == SIZE
    infos = [hook.training_set.dataset.get_data_info(i) for i in range(SIZE)]
    noisy_only = hook.clean_labels < 0
    result = {
        name: torch.tensor([info[name] for info in infos])[noisy_only]
        for name in ('true_label', 'noise_type', 'noisy_label')
    }
    result.update({name: column[noisy_only] for name, column in columns.items()})
    return dict(result, confusion=runner.model.noise_layer.confusion)


def accuracy(guess, truth):
    return (guess == truth).double().mean().item()


def test_the_matrix_is_the_planted_one(found):
    for j in range(CLASSES):
        assert found['confusion'][(j + 1) % CLASSES, j] > 0.6


def test_the_posterior_knows_the_label_better_than_the_network(found):
    true = found['true_label']
    alone = accuracy(found['class_probs'].argmax(1), true)
    given = accuracy(found['noisy_label'], true)
    posterior = accuracy(found['class_posterior'].argmax(1), true)
    assert 0.6 < alone < 0.85
    assert given < 0.55
    assert posterior > alone + 0.08


def test_the_type_network_knows_the_type_better_than_the_class_network(found):
    types = found['noise_type']
    guess = found['class_probs'].argmax(1)
    noisy, confusion = found['noisy_label'], found['confusion']
    alone = accuracy(noise_types(guess, noisy, confusion), types)
    network = accuracy(found['type_probs'].argmax(1), types)
    posterior = accuracy(found['type_posterior'].argmax(1), types)
    assert 0.4 < alone < 0.8
    assert network > max(alone + 0.15, 0.9)
    assert posterior > alone + 0.15
