"""The config that trains with what `find` found."""

import re
from pathlib import Path

__all__ = ['USES', 'check_folder', 'find_config']

EPOCHS = 30
# what MMEngine, which writes the folder into the text, makes another folder of
_UNWRITABLE = re.compile(r'["\\\x00-\x1f\x7f\ud800-\udfff]|\{\{')
USES = ('weighted', 'kept', 'corrected', 'all')

_TEXT = """\
# Trains a classifier on the features that `nl-plugins find` made, with what it found:
#
#     nl-plugins train config.py [--use {uses}]
#
# weighted   on all samples, each with the probabilities of its classes (recommended)
# kept       without the samples whose label is suspicious
# corrected  with what labels.csv recommends: labels replaced, samples dropped
# all        on the labels as they are, to compare
#
# Yours to keep and to change. The paths are relative to the folder of this file.
use = '{{{{$NL_USE:weighted}}}}'
here = r\"\"\"{{{{ fileDirname }}}}\"\"\"

feature_file = f'{{here}}/{features}'
features = dict(type='Features', file=feature_file)
{verified}corrected = dict(
    type='NoisyLabels', dataset=features, label_file=f'{{here}}/labels.csv'
)
training_sets = dict(
    weighted=features,
    kept=dict(corrected, use='kept'),
    corrected=dict(corrected, use='recommended'),
    all=features,
)
if use not in training_sets:
    raise ValueError(f'--use must be one of {{list(training_sets)}}, but is {{use!r}}')

model = dict(
    type='ImageClassifier',
    backbone=dict(
        type='FeatureVectors',
        in_channels={dim},
        standardize=feature_file,
        dropout=0.2,
    ),
    head=dict(
        type='StackedLinearClsHead',
        num_classes={num_classes},
        in_channels={dim},
        mid_channels=[512],
        dropout_rate=0.5,
        norm_cfg=dict(type='BN1d'),
    ),
)
train_dataloader = dict(
    batch_size={batch},
    num_workers=0,  # a sample is read in microseconds
    dataset=training_sets[use],
    sampler=dict(type='DefaultSampler', shuffle=True),
    drop_last=True,
)
hook = dict(
    type='LabelPosteriorHook',
    feature_layer='backbone',  # whose input is what labels.csv was made from
    duplicates=f'{{here}}/duplicates.csv',
    pipeline=[dict(type='PickView', view='first'), dict(type='PackInputs')],
)
custom_hooks = [hook] if use == 'weighted' else []
del hook, training_sets, corrected

optim_wrapper = dict(optimizer=dict(type='AdamW', lr=0.001, weight_decay=1e-4))
param_scheduler = dict(
    type='CosineAnnealingLR', T_max={epochs}, convert_to_iter_based=True
)
train_cfg = dict(by_epoch=True, max_epochs={epochs})
default_hooks = dict(
    logger=dict(type='LoggerHook', interval=100),
    checkpoint=dict(type='CheckpointHook', interval={epochs}),
)
custom_imports = dict(imports=['nl_plugins'])
default_scope = 'mmpretrain'
randomness = dict(seed=0)
work_dir = f'{{here}}/trained_{{use}}'
# The network that made the features; the trained head is joined to it at the end, and
# both are written as `model.py` and `model.pth`, for images.
feature_network = f'{{here}}/network.py'
"""
_VERIFIED = """\
features = dict(
    type='VerificationLabels', dataset=features, file=f'{here}/labels.csv'
)
"""


def check_folder(out: Path) -> None:
    """Refuse a folder in which the config could not say where it is.

    Raises:
        ValueError: If its path has a quotation mark, a backslash, a control character
            or ``{{``, or is no UTF-8.

    >>> check_folder(Path("bob's"))
    """
    path = out.absolute().as_posix()
    found = _UNWRITABLE.search(path)
    if found:
        problem = f'has {found[0]!r}, which a config cannot have in its paths'
        raise ValueError(f'the folder {path!r} {problem}: choose another')


def find_config(
    features: str, dim: int, classes: int, samples: int, verified: bool
) -> str:
    """The text of a config that trains on what ``find`` wrote into its folder.

    Args:
        features: Name of the feature file in the folder.
        dim: Number of features.
        classes: Number of classes.
        samples: Number of samples.
        verified: Whether ``labels.csv`` has verification labels that files gave.
    """
    return _TEXT.format(
        uses='|'.join(USES),
        features=features,
        verified=_VERIFIED if verified else '',
        dim=dim,
        num_classes=classes,
        batch=min(128, max(2, samples // 4)),  # what is kept must fill one
        epochs=EPOCHS,
    )
