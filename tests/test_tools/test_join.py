"""From images to features, a head, and one model: with tools alone."""

import torch
from mmengine.config import Config
from mmpretrain.registry import MODELS
from tool_runs import print_of_tool, run_tool

import nl_plugins  # noqa: F401  (registers the components)

IMAGES = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(
    backbone=dict(stem_channels=4, base_channels=4), neck=dict(in_channels=128))
train_dataloader = dict(dataset=dict(indices=200))
"""
FEATURES = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(_delete_=True, type='ImageClassifier',
    backbone=dict(type='FeatureVectors', in_channels=64, standardize={train!r}),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=64))
data_preprocessor = dict(_delete_=True, num_classes=10)
train_dataloader = dict(
    dataset=dict(_delete_=True, type='Features', file={train!r}, labels='true'))
val_dataloader = dict(dataset=dict(_delete_=True, type='Features', file={test!r}))
test_dataloader = val_dataloader
train_cfg = dict(max_epochs=10)
param_scheduler = dict(T_max=10)
"""


def top1(printed: str) -> float:
    return float(printed.split('accuracy/top1: ')[-1].split()[0])


def test_features_head_and_one_model(tmp_path):
    config, checkpoint = tmp_path / 'images.py', tmp_path / 'images.pth'
    config.write_text(IMAGES)
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(config).model)
    torch.save(dict(state_dict=model.state_dict()), checkpoint)
    files = {split: str(tmp_path / split) for split in ('train', 'test')}
    for split, file in files.items():
        options = ('--split', split, '--out', file, '--work-dir', tmp_path / 'work')
        print_of_tool('extract', config, checkpoint, *options)
    head, work_dir = tmp_path / 'head.py', tmp_path / 'head'
    head.write_text(FEATURES.format(**files))
    printed = print_of_tool('train', head, '--work-dir', work_dir)
    out = tmp_path / 'whole.pth'
    arguments = (head, work_dir / 'epoch_10.pth', config)
    assert str(out) in print_of_tool('join', *arguments, checkpoint, '--out', out)
    tested = print_of_tool('test', out.with_suffix('.py'), out, '--work-dir', tmp_path)
    assert top1(tested) > 60
    assert abs(top1(tested) - top1(printed)) < 0.6  # features were in half precision
    other = tmp_path / 'other.py'
    other.write_text(IMAGES + 'randomness = dict(seed=1)\n')
    failed = run_tool('join', *arguments[:2], other, '--out', out)
    assert failed.returncode != 0
    assert 'features of another network' in failed.stderr
