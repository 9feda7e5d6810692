"""CleanNet's run resumes bit for bit; its checkpoint serves stock MMPretrain."""

import pytest
from cleannet_toy import cleannet_hook, verified_loader
from killing import run_and_kill
from states import assert_same
from stock import STOCK_MODEL, assert_predicts_in_stock
from toy import build, hook_of

from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook

# 60 samples, batches of 8: 8 iterations an epoch
LOOPS = dict(
    epochs=dict(
        train_dataloader=verified_loader(),
        train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
        default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
    ),
    iterations=dict(
        train_dataloader=verified_loader(
            sampler=dict(type='InfiniteSampler', shuffle=True, seed=0)
        ),
        train_cfg=dict(by_epoch=False, max_iters=20, val_interval=100),
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=2)
        ),
    ),
)
HOOKS = dict(
    epochs=cleannet_hook(start_epoch=2, interval=2),
    iterations=cleannet_hook(start_epoch=5, interval=6, by_epoch=False),
)


@pytest.mark.parametrize(
    ('loop', 'kill_at'),
    [
        ('epochs', 20),  # epoch 3: weights in force, nothing is fixed yet
        ('epochs', 36),  # epoch 5: the features are fixed
        ('iterations', 3),  # before the first round
        ('iterations', 9),  # between the checkpoint and the second round
        ('iterations', 14),  # features fixed
    ],
)
def test_killed_and_resumed_run_is_bitwise_the_uninterrupted_one(
    tmp_path, loop, kill_at
):
    reference = build(tmp_path / 'whole', [HOOKS[loop]], **LOOPS[loop])
    reference.train()
    run_and_kill(tmp_path / 'killed', [HOOKS[loop]], kill_at, **LOOPS[loop])
    resumed = build(tmp_path / 'killed', [HOOKS[loop]], resume=True, **LOOPS[loop])
    resumed.train()
    want, got = hook_of(reference, CleanNetHook), hook_of(resumed, CleanNetHook)
    assert want.num_rounds == 3
    assert_same(got.state_dict(), want.state_dict())
    assert_same(resumed.model.state_dict(), reference.model.state_dict())


def test_an_epoch_that_is_begun_again_counts_its_round_once(tmp_path):
    """A checkpoint from the middle of the epoch that made the first round."""
    loop = dict(
        train_dataloader=verified_loader(),
        train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=100),
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=3)
        ),
    )
    hook = cleannet_hook(start_epoch=2, interval=5)
    run_and_kill(tmp_path, [hook], 14, **loop)  # epoch 2 has iterations 8 to 15
    runner = build(tmp_path, [hook], resume=True, **loop)
    runner.train()
    resumed = hook_of(runner, CleanNetHook)
    assert resumed.num_rounds == 1
    assert not resumed.freezes


def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path):
    hook = cleannet_hook(interval=1)  # two rounds: saved with fixed features
    loop = dict(LOOPS['epochs'])
    loop['train_cfg'] = dict(by_epoch=True, max_epochs=3, val_interval=100)
    runner = build(tmp_path, [hook], STOCK_MODEL, **loop)
    runner.train()
    assert_predicts_in_stock(runner.model, tmp_path / 'epoch_3.pth')
