"""The config with three methods at once, shortened."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from toy import hook_of

from nl_plugins.methods.sinet.sinet_hook import SINetHook
from nl_plugins.methods.sinet.topk_smoothing_hook import TopKSmoothingHook
from nl_plugins.methods.smp.smp_hook import SMPHook

CONFIG = Path(__file__).parents[2] / 'configs' / 'sinet' / 'digits_sym50_smp.py'


@pytest.fixture(scope='module')
def runner(tmp_path_factory):
    cfg = Config.fromfile(CONFIG)
    cfg.merge_from_dict(
        {
            'model.backbone.base_channels': 2,
            'model.backbone.stem_channels': 2,
            'model.neck.in_channels': 64,
            'train_dataloader.dataset.indices': 210,
            'train_cfg.max_epochs': 3,
            'param_scheduler.T_max': 3,
            'default_hooks.checkpoint.interval': 3,
        }
    )
    for hook, start in zip(cfg.custom_hooks, (2, 2, 3)):
        hook.start_epoch = start
    cfg.work_dir = str(tmp_path_factory.mktemp('composed'))
    cfg.experiment_name = 'composed'
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner


def test_each_method_does_its_part_in_the_order_of_the_config(runner):
    kinds = (TopKSmoothingHook, SINetHook, SMPHook)
    hooks = [hook for hook in runner.hooks if type(hook) in kinds]
    assert tuple(type(hook) for hook in hooks) == kinds
    assert all(hook.active for hook in hooks)
    smooth, sinet, smp = hooks
    assert smooth.smoothing > 0  # the loss smooths as well
    batch = next(iter(runner.train_dataloader))
    rows = torch.tensor([sample.sample_idx for sample in batch['data_samples']])
    for hook in hooks:
        hook.supervise(batch)
    samples = runner.model.data_preprocessor(batch, True)['data_samples']
    got = torch.stack([sample.gt_score for sample in samples])

    given = torch.eye(10)[smooth.table.given_labels[rows].long()]
    target = smooth.transform(given, rows)
    target = sinet.table.weights[rows, None] * target
    held_out = smp.holdout[rows, None]
    corrected = torch.eye(10)[smp.table.suggested_labels[rows].long()]
    target = torch.where(held_out, 0.0, (1 - smp.alpha) * target)
    target = target + smp.alpha * corrected * (~held_out | smp.known[rows, None])
    # so that label smoothing scales with the mass of the target
    target = target + (target.sum(1, keepdim=True) - 1) * smooth.smoothing
    assert torch.allclose(got, target, atol=1e-5)
    assert sinet.table.weights.std() > 0.01
    for name in ('', '_SMPHook'):
        assert (Path(runner.work_dir) / f'cleaned_labels{name}.csv').exists()


def test_the_checkpoint_holds_all_three_states(runner):
    path = Path(runner.work_dir) / 'epoch_3.pth'
    state = torch.load(path, weights_only=False)['nl_plugins']
    assert set(state) == {'TopKSmoothingHook', 'SINetHook', 'SMPHook'}
    table = hook_of(runner, SINetHook).table
    assert torch.equal(state['SINetHook']['table']['weights'], table.weights)
