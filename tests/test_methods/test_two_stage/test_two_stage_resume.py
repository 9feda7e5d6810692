"""A run that is resumed in stage 1, at the switch or in stage 2 ends bitwise alike."""

import pytest
import torch
from mmengine.runner import CheckpointLoader
from toy import hook_of, loader, toy
from toy_two_stage import SIDE, two_stage

from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook

SECONDS = dict(
    pi=dict(type='PiConsistency', ramp_up=2, ramp_down=2),
    temporal=dict(type='TemporalEnsembling', ramp_up=1, dtype='float16'),
    teacher=dict(type='MeanTeacher'),
)
VIEWS = [
    dict(
        type='MultiView',
        num_views=2,
        transforms=[[dict(type='RandomCrop', crop_size=SIDE, padding=1)]],
    ),
    dict(type='PackInputs'),
]


def make(work_dir, second, **changes):
    hooks = [dict(type='OptimizerRestartHook', epoch=3, lr=0.02)]
    if second == 'teacher':
        hooks.append(dict(type='EMAHook', momentum=0.1, begin_epoch=3))
    pipeline = VIEWS if second == 'pi' else [dict(type='PackInputs')]
    data = loader(
        toy(size=SIDE, pipeline=pipeline),
        sampler=dict(type='LabeledUnlabeledSampler', balance_classes=True, seed=0),
    )
    consistency = SECONDS[second]
    return two_stage(
        work_dir, hooks, train_dataloader=data, consistency=consistency, **changes
    )


def saved(path):
    checkpoint = CheckpointLoader.load_checkpoint(str(path), 'cpu')
    keys = ('state_dict', 'optimizer', 'nl_plugins', 'ema_state_dict')
    return {key: checkpoint[key] for key in keys if key in checkpoint}


def assert_same(got, want, path=''):
    if isinstance(want, dict):
        assert got.keys() == want.keys(), path
        for key in want:
            assert_same(got[key], want[key], f'{path}/{key}')
    elif isinstance(want, torch.Tensor):
        assert torch.equal(got, want), path
    else:
        assert got == want, path


@pytest.mark.parametrize('second', list(SECONDS))
def test_resume_is_exact(tmp_path, second):
    make(tmp_path / 'whole', second).train()
    want = saved(tmp_path / 'whole' / 'epoch_5.pth')
    state = want['nl_plugins']['LabelSelectionHook']
    assert 0 < int(state['table']['selected'].sum()) < len(state['table']['selected'])
    for epoch in (1, 2, 4):  # in stage 1, at the switch, in stage 2
        folder = tmp_path / f'from_{epoch}'
        checkpoint = str(tmp_path / 'whole' / f'epoch_{epoch}.pth')
        make(folder, second, load_from=checkpoint, resume=True).train()
        assert_same(saved(folder / 'epoch_5.pth'), want)


def test_load_from_selects_anew(tmp_path):
    """Two configs, run apart: the second begins from the first one's weights."""
    make(tmp_path / 'first', 'pi', epochs=2).train()
    checkpoint = str(tmp_path / 'first' / 'epoch_2.pth')
    runner = make(tmp_path / 'second', 'pi', switch=1, epochs=1, load_from=checkpoint)
    hook = hook_of(runner, LabelSelectionHook)
    runner.train()
    assert hook.active
    whole = make(tmp_path / 'whole', 'pi')
    whole.train()
    table = hook_of(whole, LabelSelectionHook).table
    assert torch.equal(hook.table.selected, table.selected)  # from the same weights


def test_the_refined_validation_is_resumed(tmp_path):
    def run(folder, epochs, **changes):
        runner = two_stage(
            tmp_path / folder,
            epochs=epochs,
            val_evaluator=dict(type='SelectedAccuracy'),
            **changes,
        )
        hook = hook_of(runner, LabelSelectionHook)
        hook.refine_validation = True
        runner.train()
        return hook.validation

    first = run('first', 3)
    checkpoint = str(tmp_path / 'first' / 'epoch_3.pth')
    again = run('again', 4, load_from=checkpoint, resume=True)
    assert torch.equal(again.mask, first.mask)
    assert torch.equal(again.metrics[0].mask, first.mask)
    with pytest.raises(ValueError, match='refines another validation set'):
        other = loader(toy(size=SIDE, test_mode=True, num_samples=33))
        run(
            'other', 4, load_from=checkpoint, resume=True, val_dataloader=other
        )  # fmt: skip
