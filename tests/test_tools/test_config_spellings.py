"""The tools on configs of other forms, and on checkpoints of other models."""

import json

import pytest
import torch
from mmengine.config import Config
from tool_runs import print_of_tool, run_tool
from toy import build, config, loader, tiny_model, toy

from nl_plugins.running.load_weights import load_weights

ORDERED = dict(type='DefaultSampler', shuffle=False)
TEST = dict(
    test_dataloader=loader(toy(test_mode=True), sampler=ORDERED),
    test_evaluator=dict(type='Accuracy'),
    test_cfg=dict(),
)
SMP = dict(type='SMPHook', start_epoch=1, candidate_fraction=0.3)
EMA = dict(type='EMAHook', momentum=0.1)
BY_ITERATION = dict(
    train_cfg=dict(type='IterBasedTrainLoop', max_iters=6, val_interval=100),
    default_hooks=dict(
        checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=4)
    ),
)


def trained(tmp_path, hooks=(), **changes):
    """A config file without some defaults, and a checkpoint of the middle."""
    runner = build(tmp_path / 'run', list(hooks), **TEST, **changes)
    runner.train()
    cfg = config(tmp_path / 'run', list(hooks), **TEST, **changes)
    cfg.pop('default_hooks')
    cfg.pop('default_scope')
    cfg.pop('experiment_name')
    path = tmp_path / 'config.py'
    path.write_text(cfg.pretty_text)
    (middle,) = (tmp_path / 'run').glob('*_[14].pth')
    return path, middle


@pytest.mark.parametrize('ema', [False, True])
def test_a_checkpoint_of_another_model_is_refused(tmp_path, ema):
    path, checkpoint = trained(tmp_path, [EMA] if ema else [])
    options = '--work-dir', tmp_path / 'work'
    fits = path, checkpoint
    for tool in ('test', 'report'):
        assert print_of_tool(tool, *fits, *options)
    print_of_tool('ensemble', *fits, *fits, *options)
    cfg = Config.fromfile(path)
    cfg.model = tiny_model(num_classes=5)
    cfg.model.neck = dict(type='LinearNeck', in_channels=8, out_channels=8)
    other = tmp_path / 'other.py'
    cfg.dump(other)
    for tool, *arguments in (
        ('test', other, checkpoint),
        ('report', other, checkpoint),
        ('ensemble', *fits, other, checkpoint),
        ('train', other, '--resume', checkpoint),
    ):
        done = run_tool(tool, *arguments, *options)
        assert done.returncode == 1, tool
        assert f'{checkpoint} does not fit the model' in done.stderr
        for key in ('size mismatch for head.fc.weight', 'keys in source state_dict: n'):
            assert key in done.stderr


@pytest.mark.parametrize(
    ('content', 'problem'),
    [
        (lambda whole: b'', 'EOFError'),
        (lambda whole: whole[:2000], 'central directory'),
        (lambda whole: b'version https://git-lfs.github.com/spec/v1', 'Weights only'),
    ],
    ids=['empty', 'cut', 'lfs'],
)
def test_a_file_that_is_no_checkpoint(tmp_path, content, problem):
    runner = build(tmp_path, [])
    path = tmp_path / 'broken.pth'
    torch.save(runner.model.state_dict(), path)
    path.write_bytes(content(path.read_bytes()))
    with pytest.raises(ValueError, match=rf'broken.pth is no whole .*{problem}.* pull'):
        load_weights(runner, str(path))


@pytest.mark.parametrize('changes', [{}, BY_ITERATION], ids=['epochs', 'iterations'])
@pytest.mark.parametrize('kind', ['smp', 'plain'])
def test_loops_and_hooks_of_any_spelling(tmp_path, changes, kind):
    hook = dict(SMP, by_epoch=not changes)
    path, checkpoint = trained(tmp_path, [hook] if kind == 'smp' else [], **changes)
    out = tmp_path / 'report'
    printed = print_of_tool('report', path, checkpoint, '--out', out)
    assert (out / 'suspicious_images.png').exists()
    assert 'Epoch(train)' not in printed
    assert not list(out.glob('*.pth'))
    shown = tmp_path / 'shown'
    options = '--work-dir', tmp_path / 'work', '--show-dir', shown, '--interval', 10
    print_of_tool('test', path, checkpoint, '--amp', *options)
    assert len(list(shown.glob('*.png'))) == 3


def test_a_config_without_a_test(tmp_path):
    path, checkpoint = trained(tmp_path)
    cfg = Config.fromfile(path)
    cfg.test_dataloader = cfg.test_evaluator = cfg.test_cfg = None
    untested = tmp_path / 'untested.py'
    cfg.dump(untested)
    member = untested, checkpoint
    for tool, *arguments in (
        ('test', *member, '--show-dir', tmp_path / 'shown'),
        ('ensemble', path, checkpoint, *member),
    ):
        done = run_tool(tool, *arguments, '--work-dir', tmp_path / 'work')
        assert done.returncode == 1
        assert 'tests nothing: give it test_dataloader' in done.stderr


def test_a_report_needs_the_state_of_a_run(tmp_path):
    path, checkpoint = trained(tmp_path)
    weights = torch.load(checkpoint, weights_only=False)['state_dict']
    torch.save(dict(state_dict=weights), tmp_path / 'weights.pth')
    done = run_tool('report', path, tmp_path / 'weights.pth', '--out', tmp_path / 'r')
    assert 'holds weights only: give an epoch_N.pth' in done.stderr


PURE_PYTHON = """
from mmengine.config import read_base
with read_base():
    from .base import *

from mmengine.hooks import CheckpointHook
from mmpretrain.datasets.transforms import PackInputs
from mmpretrain.evaluation import Accuracy
from mmpretrain.models import ImageClassifier, LinearClsHead
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels
from nl_plugins.datasets.wrappers.verification_labels import VerificationLabels
from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook
from nl_plugins.methods.smp.smp_hook import SMPHook
from toy import TinyNet, ToyImages

model = dict(
    type=ImageClassifier,
    backbone=dict(type=TinyNet),
    head=dict(type=LinearClsHead, num_classes=3, in_channels=8),
    data_preprocessor=dict(mean=[100.0] * 3, std=[60.0] * 3, num_classes=3),
)
images = dict(type=ToyImages, pipeline=[dict(type=PackInputs)])
train_dataloader.update(
    dataset=dict(
        type=VerificationLabels,
        share=0.5,
        dataset=dict(
            type=NoisyLabels,
            dataset=images,
            noise=dict(type='symmetric', rate=0.2),
        ),
    )
)
val_dataloader.update(dataset=images)
test_dataloader = val_dataloader
val_evaluator = test_evaluator = dict(type=Accuracy)
custom_hooks = [
    dict(type=SMPHook, start_epoch=1, candidate_fraction=0.3),
    dict(
        type=CleanNetHook,
        start_epoch=2,
        num_references=3,
        num_folds=2,
        num_networks=1,
        cleannet=dict(hidden_channels=(8, 8), query_channels=8, embed_channels=8),
        training=dict(max_epochs=2),
        label_file=None,
    ),
]
default_hooks = dict(checkpoint=dict(type=CheckpointHook, interval=1))
"""
BASE = """
from mmengine.dataset import DefaultSampler
custom_imports = dict(imports=['nl_plugins'])
train_dataloader = dict(
    batch_size=8, num_workers=0, sampler=dict(type=DefaultSampler, shuffle=True)
)
val_dataloader = dict(
    batch_size=10, num_workers=0, sampler=dict(type=DefaultSampler, shuffle=False)
)
train_cfg = dict(by_epoch=True, max_epochs=2, val_interval=1)
val_cfg = test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.05))
"""


def test_pure_python_configs(tmp_path):
    """Every tool reads them, also without ``default_scope``."""
    (tmp_path / 'base.py').write_text(BASE)
    path = tmp_path / 'pure.py'
    path.write_text(PURE_PYTHON)
    work = '--work-dir', tmp_path / 'work'
    print_of_tool('train', path, *work, '--seed', 1, '--no-validate')
    fits = path, tmp_path / 'work' / 'epoch_1.pth'
    print_of_tool('train', path, *work, '--resume', fits[1])
    print_of_tool('test', *fits, *work, '--show-dir', tmp_path / 'shown')
    assert len(list((tmp_path / 'shown').glob('*.png'))) == 30
    print_of_tool('ensemble', *fits, *fits, *work)
    print_of_tool('report', *fits, *work)
    assert (tmp_path / 'work' / 'report' / 'suspicious_images.png').exists()
    print_of_tool('detect', *fits, *work, '--cfg-options', 'custom_hooks.1.num_folds=2')
    print_of_tool('verify', path, '--per-class', 2, '--out', tmp_path / 'verify.csv')
    print_of_tool('check_data', path, '--workers', 0)
    runs = tmp_path / 'runs'
    print_of_tool('compare', f'a={path}', '--seeds', 3, '--work-dir', runs)
    cfg = Config.fromfile(next((runs / 'a' / 'seed_3').glob('*/vis_data/config.py')))
    assert cfg.train_dataloader.dataset.dataset.seed == 3
    assert [hook.seed for hook in cfg.custom_hooks] == [3, 3]
    assert len(json.loads((runs / 'summary.json').read_text())['a']['top1']) == 1
