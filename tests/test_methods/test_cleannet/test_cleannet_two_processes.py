"""Two gloo processes make the weights of one, and fix features as one does."""

import torch
from cleannet_toy import cleannet_hook
from processes import fix_statistics, run_processes
from toy import config, hook_of, loader, toy

from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook


def train(rank, lr):
    data = toy(verified=True, num_samples=61)  # uneven shards
    cfg = config(
        rank.folder / 'run',
        [cleannet_hook(interval=1)],
        train_dataloader=loader(data, batch_size=8 // rank.world),
        train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)),
    )
    runner = rank.runner(cfg)
    if lr == 0:  # both walk the same network
        fix_statistics(runner)
    model, features = rank.plain(runner), []
    hook = hook_of(runner, CleanNetHook)
    estimate = hook.estimate

    def watched(runner):
        estimate(runner)
        features.append(model.backbone.layers[0].weight.detach().clone())

    hook.estimate = watched
    runner.train()
    assert hook.num_rounds == 3
    return dict(
        state=hook.state_dict(),
        features=features,
        end=model.backbone.layers[0].weight.detach(),
        head=model.head.fc.weight.detach(),
    )


def same_table(one, other, tolerance):
    one, other = one['state']['table'], other['state']['table']
    for name in ('weights', 'scores'):
        assert torch.allclose(one[name], other[name], atol=tolerance), name
    assert torch.equal(one['suggested_labels'], other['suggested_labels'])


def test_two_processes_make_the_weights_of_one(tmp_path):
    (single,) = run_processes(train, tmp_path, 1, 0.0)
    first, second = run_processes(train, tmp_path, 2, 0.0)
    same_table(first, single, 1e-3)
    same_table(second, first, 0)
    assert single['state']['table']['weights'].unique().numel() > 10


def test_both_ranks_agree_while_training_and_after_the_features_are_fixed(tmp_path):
    first, second = run_processes(train, tmp_path, 2, 0.05)
    same_table(first, second, 0)
    assert torch.equal(first['head'], second['head'])
    one, two, three = first['features']  # rounds before epochs 2, 3, 4
    assert not torch.equal(one, two)
    assert torch.equal(two, three)
    assert torch.equal(two, first['end'])
