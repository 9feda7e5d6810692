"""Sweeps: which fields there are, what they take, how the runs are called."""

import json

import pytest
from mmengine.config import Config
from tool_runs import print_of_tool, run_tool
from toy import config

from nl_plugins.running.sweep import set_field, sweep_configs


@pytest.fixture
def smp(tmp_path):
    return config(tmp_path, [dict(type='SMPHook', start_epoch=2)])


@pytest.fixture
def plain(tmp_path):
    return config(tmp_path, [])


def test_every_combination_and_a_baseline_once(smp, plain):
    fields = {'SMPHook.num_prototypes': [1, 4], 'SMPHook.alpha': [0.5, 1.0]}
    found = sweep_configs(dict(ce=plain, smp=smp), fields)
    assert list(found) == ['ce'] + [
        f'smp,num_prototypes={p},alpha={a}' for p in (1, 4) for a in (0.5, 1.0)
    ]
    hook = found['smp,num_prototypes=4,alpha=0.5'].custom_hooks[0]
    assert hook == dict(type='SMPHook', start_epoch=2, num_prototypes=4, alpha=0.5)
    assert found['ce'].to_dict() == plain.to_dict()
    assert smp.custom_hooks[0] == dict(type='SMPHook', start_epoch=2)
    assert sweep_configs(dict(ce=plain), {}).keys() == {'ce'}


def test_paths_numbers_in_lists_and_single_values(smp):
    fields = {'train_cfg.max_epochs': 3, 'custom_hooks.0.start_epoch': ['auto']}
    (found,) = sweep_configs(dict(smp=smp), fields).items()
    assert found[0] == 'smp,max_epochs=3,start_epoch=auto'
    assert found[1].train_cfg.max_epochs == 3
    assert found[1].custom_hooks[0].start_epoch == 'auto'


def test_fields_with_the_same_last_part_are_told_apart(smp):
    fields = {'SGD.lr': [0.1], 'optim_wrapper.optimizer.lr': [0.2]}
    (name,) = sweep_configs(dict(a=smp), fields)
    assert name == 'a,SGD.lr=0.1,optim_wrapper.optimizer.lr=0.2'


def test_every_component_of_a_type_gets_the_value(plain):
    set_field(plain, 'ToyImages.num_samples', 12)
    sizes = [
        plain[f'{split}_dataloader'].dataset.num_samples for split in ('train', 'val')
    ]
    assert sizes == [12, 12]


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ({'SMPHook.alpa': [1]}, 'smp has no field SMPHook.alpa: name it as in'),
        ({'train_cfg.epochs': [1]}, 'no field train_cfg.epochs'),
        ({'train_cfg.max_epochs.x': [1]}, 'no field train_cfg.max_epochs.x'),
        ({'custom_hooks.1.alpha': [1]}, 'no field custom_hooks.1.alpha'),
        ({'SMPHook': [1]}, 'no field SMPHook'),
        ({'CleanNetHook.margin': [1]}, 'no field CleanNetHook.margin'),
        ({'SMPHook.alpha': [0.5, 'much']}, 'alpha is a number, and cannot be .much.'),
        ({'SMPHook.num_prototypes': [None]}, 'num_prototypes is a number'),
        ({'train_cfg.by_epoch': [1]}, 'by_epoch is true or false, and cannot be 1'),
        ({'optim_wrapper.optimizer': [1]}, 'optimizer is a dict, and cannot be 1'),
        ({'SMPHook.alpha': [1, 1]}, "two runs would be called 'smp,alpha=1'"),
    ],
)
def test_what_no_config_can_take_is_refused(smp, fields, message):
    with pytest.raises(ValueError, match=message):
        sweep_configs(dict(smp=smp), fields)


def test_a_class_as_type():
    from nl_plugins.methods.smp.smp_hook import SMPHook

    cfg = Config(dict(custom_hooks=[dict(type=SMPHook, start_epoch=2)]))
    set_field(cfg, 'SMPHook.alpha', 0.8)
    assert cfg.custom_hooks[0].alpha == 0.8


TINY = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(backbone=dict(stem_channels=2, base_channels=2), neck=dict(in_channels=64))
train_dataloader = dict(dataset=dict(indices=128), batch_size=64)
train_cfg = dict(max_epochs=1)
param_scheduler = dict(T_max=1)
"""


def test_a_sweep_by_the_tool_and_its_errors(tmp_path):
    path, runs = tmp_path / 'tiny.py', tmp_path / 'runs'
    path.write_text(TINY)
    command = ['compare', f'ce={path}', '--seeds', 3, '--work-dir', runs, '--sweep']
    wrong = run_tool(*command, 'NoisyLabels.sed=1,2')
    assert wrong.returncode
    assert '--sweep: ce has no field NoisyLabels.sed' in wrong.stderr
    assert not runs.exists()
    sweep = 'optim_wrapper.optimizer.lr=0.1,0.2'
    printed = print_of_tool(*command, sweep)
    for name in ('ce,lr=0.1', 'ce,lr=0.2'):
        assert f'| {name} |' in printed
        assert json.loads((runs / name / 'seed_3' / 'result.json').read_text())
    assert 'seed 3' not in print_of_tool(*command, sweep), 'a run was repeated'
