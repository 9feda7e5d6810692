"""Two gloo processes hold the table that one process makes."""

import pytest
import torch
from processes import fix_statistics, run_processes
from toy import config, hook_of, loader, toy

from nl_plugins.methods.smp.smp_hook import SMPHook


def train(rank, online, lr, guard=False):
    hook = dict(
        type='SMPHook',
        start_epoch=2,
        alpha=0.5,
        num_prototypes=2,
        candidate_fraction=0.5,
        online=online,
        holdout_fraction=0.1,
        guard=guard,
    )
    data = toy(num_samples=331 if guard else 31)  # uneven shards
    cfg = config(
        rank.folder / 'run',
        [hook],
        train_dataloader=loader(data, batch_size=8 // rank.world),
        train_cfg=dict(by_epoch=True, max_epochs=2, val_interval=100),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)),
    )
    runner = rank.runner(cfg)
    if lr == 0:  # both walk the same network
        fix_statistics(runner)
    runner.train()
    return hook_of(runner, SMPHook).state_dict()


def same_table(one, other):
    for name in ('suggested_labels', 'weights', 'selected'):
        assert torch.equal(one['table'][name], other['table'][name]), name
    assert torch.allclose(one['table']['scores'], other['table']['scores'], atol=2e-3)
    assert torch.equal(one['holdout'], other['holdout'])


def test_two_processes_make_the_table_of_one(tmp_path):
    (single,) = run_processes(train, tmp_path, 1, False, 0.0)
    first, second = run_processes(train, tmp_path, 2, False, 0.0)
    same_table(first, single)
    same_table(second, single)
    given = torch.tensor([(i % 3 + 1) % 3 if i % 5 == 0 else i % 3 for i in range(31)])
    assert (single['table']['suggested_labels'] != given).any()


def test_both_ranks_suggest_after_a_guard_gave_up(tmp_path):
    first, second = run_processes(train, tmp_path, 2, True, 0.0, True)
    same_table(first, second)
    assert first['stage'] == second['stage'] == 'gave_up'
    given = torch.tensor([(i % 3 + 1) % 3 if i % 5 == 0 else i % 3 for i in range(331)])
    assert (first['table']['suggested_labels'] != given).any()


@pytest.mark.parametrize('online', [False, True], ids=['offline', 'online'])
def test_both_ranks_hold_the_same_table_after_training(tmp_path, online):
    first, second = run_processes(train, tmp_path, 2, online, 0.05)
    same_table(first, second)
    assert torch.equal(first['table']['scores'], second['table']['scores'])
