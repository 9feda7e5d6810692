"""Two gloo processes train what one process trains."""

import pytest
import torch
import toy_two_stage
from processes import run_processes
from toy import config, hook_of, loader, toy

from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook


def train(rank, sampler, second):
    def build(*args, **changes):
        return rank.runner(config(*args, **changes))

    toy_two_stage.build = build  # in this process only
    ema = [dict(type='EMAHook', momentum=0.2, begin_epoch=3)]
    backbone = dict(
        type='FullyConnected', in_channels=192, hidden_channels=[16], dropout=0.0
    )
    runner = toy_two_stage.two_stage(
        rank.folder / 'run',
        ema if 'Teacher' in second else [],
        epochs=6,
        consistency=dict(type=second),
        # nothing that depends on the batch or on random numbers of a process
        model=toy_two_stage.pi_model(backbone=backbone, neck=None, noise=None),
        train_dataloader=loader(
            toy(size=8),
            batch_size=8 // rank.world,
            sampler=dict(type=sampler, shuffle=True),
        ),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9)),
    )
    selection = hook_of(runner, LabelSelectionHook)
    if sampler == 'DefaultSampler':
        selection.clean_dataset = toy(size=8, num_samples=7, seed=4)
    else:  # an even number, so that no sampler fills up
        selection.threshold, selection.min_fraction = 1.0, 0.4
    runner.train()
    state = {
        hook.name(runner): hook.state_dict()
        for hook in runner.hooks
        if hasattr(hook, 'load_state_dict')
    }
    return dict(model=rank.plain(runner).state_dict(), state=state)


@pytest.mark.parametrize(
    ('sampler', 'second'),
    [
        ('LabeledUnlabeledSampler', 'TemporalEnsembling'),
        # as many labelled samples on each rank as chance has it; with a clean set
        ('DefaultSampler', 'MeanTeacher'),
    ],
)
def test_two_processes_are_one(tmp_path, sampler, second):
    (single,) = run_processes(train, tmp_path, 1, sampler, second)
    selected = single['state']['LabelSelectionHook']['table']['selected']
    assert 0 < int(selected.sum()) < len(selected)
    ranks = run_processes(train, tmp_path, 2, sampler, second)
    for rank in ranks:
        for key, value in single['model'].items():
            assert torch.allclose(rank['model'][key], value, atol=1e-5), key
        table = rank['state']['LabelSelectionHook']['table']
        assert torch.equal(table['selected'], selected)
        if second == 'TemporalEnsembling':
            want = single['state']['TermsHook']['terms'][f'{second}_0']
            assert int(want['counts'].max()) > 1
            got = rank['state']['TermsHook']['terms'][f'{second}_0']
            assert torch.equal(got['counts'], want['counts'])
            assert torch.allclose(got['ensemble'], want['ensemble'], atol=1e-5)
    for key, value in ranks[0]['model'].items():
        assert torch.equal(ranks[1]['model'][key], value)
