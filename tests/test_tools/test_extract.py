"""The tool that writes feature files."""

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmpretrain.registry import MODELS
from tool_runs import print_of_tool, run_tool

import nl_plugins  # noqa: F401  (registers the components)
from nl_plugins.formats.feature_file import FeatureFile

CONFIG = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(backbone=dict(stem_channels=2, base_channels=2), neck=dict(in_channels=64))
train_dataloader = dict(dataset=dict(indices=50), batch_size=16)
"""


@pytest.fixture
def paths(tmp_path):
    config, checkpoint = tmp_path / 'config.py', tmp_path / 'model.pth'
    config.write_text(CONFIG)
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(config).model)
    torch.save(dict(state_dict=model.state_dict()), checkpoint)
    return config, checkpoint


def test_extracts_each_split(paths, tmp_path):
    out = tmp_path / 'train'
    options = ('--work-dir', tmp_path / 'work')
    printed = print_of_tool('extract', *paths, '--out', out, *options)
    assert f"dict(type='Features', file='{out}')" in printed
    assert '1 x 50 x 64 features' in printed
    train = FeatureFile(out)
    assert train.about['checkpoint'] == str(paths[1])
    assert train.columns.keys() == {'labels', 'true_labels'}
    options += ('--launcher', 'pytorch')
    both = tmp_path / 'both'
    print_of_tool('extract', *paths, '--out', both, *options, world=2)
    assert np.array_equal(FeatureFile(both).features, train.features)
    out, options = tmp_path / 'test', options[:2]
    print_of_tool('extract', *paths, '--split', 'test', '--out', out, *options)
    test = FeatureFile(out)
    assert len(test) == 360
    assert test.identity['network'] == train.identity['network']
    assert test.identity['pipeline'] == train.identity['pipeline']


def test_without_weights(paths, tmp_path):
    options = ('--out', tmp_path / 'out', '--work-dir', tmp_path / 'work')
    printed = print_of_tool('extract', paths[0], *options, '--views', 2)
    assert 'may have random weights' in printed
    failed = run_tool('extract', *paths, *options)
    assert failed.returncode != 0
    assert 'another network' in failed.stderr
    failed = run_tool('extract', *paths, *options, '--views', 0)
    assert 'at least 1' in failed.stderr
