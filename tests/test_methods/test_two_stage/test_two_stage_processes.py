"""Two gloo processes train what one process trains."""

import pytest
import torch
from processes import run_processes

SCRIPT = """
import toy, toy_two_stage
from one_rank import arguments, out, plain, runner_of, save, world
from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook

sampler, second = arguments
toy_two_stage.build = lambda *args, **changes: runner_of(toy.config(*args, **changes))
runner = toy_two_stage.two_stage(
    out / 'run',
    [dict(type='EMAHook', momentum=0.2, begin_epoch=3)] if 'Teacher' in second else [],
    epochs=6,
    consistency=dict(type=second),
    model=toy_two_stage.pi_model(
        # nothing that depends on the batch or on random numbers of a process
        backbone=dict(type='FullyConnected', in_channels=192, hidden_channels=[16],
                      dropout=0.0),
        neck=None, noise=None),
    train_dataloader=toy.loader(toy.toy(size=8), batch_size=8 // world,
                                sampler=dict(type=sampler, shuffle=True)),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9)))
selection = toy.hook_of(runner, LabelSelectionHook)
if sampler == 'DefaultSampler':
    selection.clean_dataset = dict(toy.toy(size=8, num_samples=7, seed=4))
else:  # an even number, so that no sampler fills up
    selection.threshold, selection.min_fraction = 1.0, 0.4
runner.train()
state = {hook.name(runner): hook.state_dict()
         for hook in runner.hooks if hasattr(hook, 'load_state_dict')}
save(dict(model=plain(runner).state_dict(), state=state))
"""


@pytest.mark.parametrize(
    ('sampler', 'second'),
    [
        ('LabeledUnlabeledSampler', 'TemporalEnsembling'),
        # as many labelled samples on each rank as chance has it; with a clean set
        ('DefaultSampler', 'MeanTeacher'),
    ],
)
def test_two_processes_are_one(tmp_path, sampler, second):
    (single,) = run_processes(SCRIPT, tmp_path, 1, sampler, second)
    selected = single['state']['LabelSelectionHook']['table']['selected']
    assert 0 < int(selected.sum()) < len(selected)
    ranks = run_processes(SCRIPT, tmp_path, 2, sampler, second)
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
