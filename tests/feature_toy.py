"""A feature file with planted classes, and runs on it."""

from pathlib import Path

import numpy as np
from toy import NUM_CLASSES, build, loader

from nl_plugins.formats.feature_file_writer import FeatureFileWriter

DIM = 6


def write_features(path: Path, count=30, views=1, seed=0, **changes) -> Path:
    """Three well separated classes, features of unequal size; 1 of 5 labels wrong."""
    rng = np.random.default_rng(seed)
    true = np.arange(count) % NUM_CLASSES
    given = np.where(np.arange(count) % 5, true, (true + 1) % NUM_CLASSES)
    centres = np.eye(NUM_CLASSES, DIM)[true] * 4
    features = centres + rng.normal(0, 0.3, (views, count, DIM))
    features = 10 + features * np.array([1, 1, 1, 1, 1, 50])
    settings = dict(
        names=[f'{"abc"[label]}/{i}.png' for i, label in enumerate(true)],
        columns=dict(labels=given, true_labels=true),
        classes=['red', 'green', 'blue'],
        identity=dict(network='1a', pipeline='2b', views='', samples='3c'),
        about=dict(folder='/images/'),
    )
    writer = FeatureFileWriter(path, features.shape, **{**settings, **changes})
    for view in range(0 if writer.complete else views):
        writer.write(view, np.arange(count), features[view])
    writer.finish()
    return path


def features(path: Path, **settings) -> dict:
    return dict(type='Features', file=str(path), **settings)


def feature_model(standardize=None, **changes) -> dict:
    head = dict(
        type='StackedLinearClsHead',
        num_classes=NUM_CLASSES,
        in_channels=DIM,
        mid_channels=[8],
        norm_cfg=dict(type='BN1d'),
    )
    return {
        'type': 'ImageClassifier',
        'backbone': dict(
            type='FeatureVectors',
            in_channels=DIM,
            standardize=standardize and str(standardize),
        ),
        'head': head,
        'data_preprocessor': dict(num_classes=NUM_CLASSES),
        **changes,
    }


def build_on_features(folder: Path, hooks=(), model=None, train=None, **changes):
    """A runner on the features in ``folder``, which are written if need be."""
    train_file = write_features(folder / 'train', views=2)
    val_file = write_features(folder / 'val', count=15, seed=1)
    ordered = dict(type='DefaultSampler', shuffle=False)
    settings = dict(
        train_dataloader=loader(train or features(train_file)),
        val_dataloader=loader(features(val_file, test_mode=True), sampler=ordered),
    )
    model = model or feature_model(train_file)
    work_dir = changes.pop('work_dir', folder / 'work')
    return build(work_dir, list(hooks), model, **{**settings, **changes})
