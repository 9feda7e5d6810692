"""The ensemble tool."""

import json

import pytest
import torch
from mmengine.config import Config
from mmpretrain.registry import MODELS
from tool_runs import print_of_tool, run_tool

from nl_plugins.datasets.releases.digits import Digits

from .test_tools import TINY


@pytest.fixture
def members(tmp_path):
    """Two models of a config: one calls all images 0, the other, less sure, 1."""
    names = []
    for seed in (0, 1):
        config = tmp_path / f'tiny{seed}.py'
        config.write_text(TINY)
        model = MODELS.build(Config.fromfile(config).model)
        torch.nn.init.zeros_(model.head.fc.weight)
        model.head.fc.bias.data = torch.eye(10)[seed] * (9 - seed)
        torch.save(dict(state_dict=model.state_dict()), tmp_path / f'{seed}.pth')
        names += [config, tmp_path / f'{seed}.pth']
    return names


def test_every_member_and_all_together(members, tmp_path):
    out = tmp_path / 'metrics.json'
    options = ('--work-dir', tmp_path / 'work', '--out', out)
    printed = print_of_tool('ensemble', *members, *options)
    metrics = json.loads(out.read_text())
    assert len(metrics['members']) == 2
    labels = torch.tensor(Digits('test', pipeline=[]).get_gt_labels())
    shares = [100 * float((labels == digit).float().mean()) for digit in (0, 1)]
    assert shares[0] != shares[1]
    found = [member['accuracy/top1'] for member in metrics['members']]
    assert found == pytest.approx(shares, abs=1e-3)
    assert metrics['ensemble'] == metrics['members'][0]
    assert f'ensemble of 2: {metrics["ensemble"]}' in printed


def test_a_checkpoint_too_few(members):
    done = run_tool('ensemble', *members[:3])
    assert done.returncode == 2
    assert 'each member is a CONFIG' in done.stderr
