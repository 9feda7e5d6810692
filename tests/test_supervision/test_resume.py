"""A killed and resumed run ends bit for bit where an uninterrupted one does."""

import pytest
import torch
from killing import run_and_kill
from mmengine.runner import CheckpointLoader
from states import assert_same
from toy import build, hook_of, loader, toy

from nl_plugins.methods.smp.smp_hook import SMPHook


def hook_config(online=False, **kwargs):
    return dict(
        type='SMPHook',
        start_epoch=3,
        alpha=0.6,
        num_prototypes=2,
        candidate_fraction=0.5,
        holdout_fraction=0.2,
        online=online,
        **kwargs,
    )


LOOPS = dict(
    epochs=dict(
        train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
        default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
    ),
    iterations=dict(
        train_cfg=dict(by_epoch=False, max_iters=12, val_interval=100),
        train_dataloader=loader(
            toy(), sampler=dict(type='InfiniteSampler', shuffle=True, seed=0)
        ),
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=2)
        ),
    ),
)


def hook_for(loop, online):
    if loop == 'epochs':
        return hook_config(online, interval=2)
    return hook_config(online, by_epoch=False, interval=2)


def final_state(runner):
    hook = hook_of(runner, SMPHook)
    weights = {k: v.clone() for k, v in runner.model.state_dict().items()}
    return weights, hook.state_dict()


@pytest.mark.parametrize('online', [False, True])
@pytest.mark.parametrize(('loop', 'kill_at'), [('epochs', 13), ('iterations', 6)])
def test_killed_and_resumed_run_is_bitwise_the_uninterrupted_one(
    tmp_path, loop, kill_at, online
):
    reference = build(tmp_path / 'whole', [hook_for(loop, online)], **LOOPS[loop])
    reference.train()
    work_dir = tmp_path / 'killed'
    run_and_kill(work_dir, [hook_for(loop, online)], kill_at, **LOOPS[loop])
    resumed = build(work_dir, [hook_for(loop, online)], resume=True, **LOOPS[loop])
    resumed.train()
    weights, state = final_state(resumed)
    want_weights, want_state = final_state(reference)
    assert want_state['active']
    assert_same(weights, want_weights)
    assert_same(state, want_state)


def test_load_from_starts_with_a_fresh_table(tmp_path):
    first = build(tmp_path, [hook_config()], **LOOPS['epochs'])
    first.train()
    second = build(
        tmp_path / 'second',
        [hook_config()],
        load_from=str(tmp_path / 'epoch_6.pth'),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=100),
    )
    second.train()
    hook = hook_of(second, SMPHook)
    assert not hook.active
    assert torch.equal(hook.table.suggested_labels, hook.table.given_labels)


def test_resuming_with_the_table_of_another_dataset_is_refused(tmp_path):
    build(tmp_path, [hook_config()], **LOOPS['epochs']).train()
    for other in (toy(num_samples=33), dict(toy(), seed=0, verified=False)):
        if other.get('num_samples') is None:
            other = dict(
                type='NoisyLabels',
                dataset=toy(),
                noise=dict(type='symmetric', rate=0.5),
            )
        changes = dict(LOOPS['epochs'], train_dataloader=loader(other))
        changes['train_cfg'] = dict(by_epoch=True, max_epochs=7, val_interval=100)
        runner = build(tmp_path, [hook_config()], resume=True, **changes)
        with pytest.raises(ValueError, match='table of another training set'):
            runner.train()


def test_resuming_a_run_that_had_no_hook_starts_correcting_at_once(tmp_path):
    build(tmp_path, [], **LOOPS['epochs']).train()
    changes = dict(LOOPS['epochs'])
    changes['train_cfg'] = dict(by_epoch=True, max_epochs=8, val_interval=100)
    hook = hook_config(interval=4)  # epochs 3, 7, 11: but nothing was estimated at 3
    runner = build(tmp_path, [hook], resume=True, **changes)
    runner.train()
    assert hook_of(runner, SMPHook).active


def test_checkpoint_holds_the_state_under_the_fixed_key(tmp_path):
    runner = build(tmp_path, [hook_config()], **LOOPS['epochs'])
    runner.train()
    checkpoint = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_6.pth'), 'cpu')
    state = checkpoint['nl_plugins']['SMPHook']
    assert_same(state, hook_of(runner, SMPHook).state_dict())
    assert not any('nl_plugins' in key for key in checkpoint['state_dict'])
