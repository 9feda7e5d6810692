"""SINet over several processes, killed and resumed, and in plain MMPretrain."""

import pytest
import torch
from killing import run_and_kill
from processes import fix_statistics, run_processes
from states import assert_same
from stock import STOCK_MODEL, assert_predicts_in_stock
from toy import build, config, hook_of, loader, toy

from nl_plugins.methods.sinet.sinet_hook import SINetHook

GRAPH = dict(type='tree', parents=dict(red='warm', green='cold', blue='cold'))
CLEAN = dict(
    type='ToyImages', num_samples=17, seed=3, pipeline=[dict(type='PackInputs')]
)


def hook_config(**kwargs):
    return dict(type='SINetHook', graph=GRAPH, num_confident=4, **kwargs)


EPOCHS = dict(
    train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
    default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
)
ITERATIONS = dict(
    train_cfg=dict(by_epoch=False, max_iters=12, val_interval=100),
    train_dataloader=loader(
        toy(), sampler=dict(type='InfiniteSampler', shuffle=True, seed=0)
    ),
    default_hooks=dict(
        checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=2)
    ),
)
RUNS = dict(
    epochs=(hook_config(start_epoch=2, interval=3), EPOCHS, 17),
    clean=(hook_config(start_epoch=2, clean_dataset=CLEAN), EPOCHS, 9),
    iterations=(hook_config(start_epoch=3, interval=4, by_epoch=False), ITERATIONS, 9),
)


@pytest.mark.parametrize('run', RUNS)
def test_killed_and_resumed_run_is_bitwise_the_uninterrupted_one(tmp_path, run):
    hook, changes, kill_at = RUNS[run]
    whole = build(tmp_path / 'whole', [hook], **changes)
    whole.train()
    run_and_kill(tmp_path / 'killed', [hook], kill_at, **changes)
    resumed = build(tmp_path / 'killed', [hook], resume=True, **changes)
    resumed.train()
    assert_same(resumed.model.state_dict(), whole.model.state_dict())
    got, want = (hook_of(each, SINetHook).state_dict() for each in (resumed, whole))
    assert want['active']
    assert want['table']['weights'].unique().numel() > 3
    assert_same(got, want)


# With lr 0 and frozen statistics both walk the same network.
SETTINGS = dict(
    frozen=(0.0, dict(num_matched=5)),
    online=(0.05, dict(online=True)),
    clean=(0.0, dict(clean_dataset=CLEAN)),
    trained=(0.05, dict()),
)


def train(rank):
    tables = {}
    for name, (lr, extra) in SETTINGS.items():
        data = toy(num_samples=31)  # uneven shards
        cfg = config(
            rank.folder / name,
            [hook_config(start_epoch=2, **extra)],
            train_dataloader=loader(data, batch_size=8 // rank.world),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)),
        )
        runner = rank.runner(cfg)
        if lr == 0:
            fix_statistics(runner)
        runner.train()
        tables[name] = hook_of(runner, SINetHook).state_dict()['table']
    return tables


@pytest.fixture(scope='module')
def ranks(tmp_path_factory):
    """The tables, by the name of the setting, of one process and of two."""
    folders = [tmp_path_factory.mktemp(f'{world}_processes') for world in (1, 2)]
    return [run_processes(train, folders[world - 1], world) for world in (1, 2)]


@pytest.mark.parametrize('name', ['frozen', 'clean'])
def test_two_processes_make_the_table_of_one(ranks, name):
    ((single,), pair) = ranks
    single = single[name]
    assert single['weights'].std() > 0.01
    for rank in pair:
        table = rank[name]
        assert torch.equal(table['suggested_labels'], single['suggested_labels'])
        assert torch.equal(table['selected'], single['selected'])
        assert torch.allclose(table['weights'], single['weights'], atol=1e-3)
        assert torch.allclose(table['scores'], single['scores'], atol=1e-3)


@pytest.mark.parametrize('name', SETTINGS)
def test_both_ranks_hold_the_same_table_after_training(ranks, name):
    first, second = ranks[1]
    assert_same(first[name], second[name])


def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path):
    runner = build(tmp_path, [hook_config()], STOCK_MODEL)
    runner.train()
    assert_predicts_in_stock(runner.model, tmp_path / 'epoch_2.pth')
