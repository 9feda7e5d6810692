"""The hold-out after a start with weights that may have been trained on it."""

import shutil

import pytest
import torch
from mmpretrain.registry import MODELS
from toy import build, hook_of, loader, tiny_model, toy

from nl_plugins.methods.smp.loaded_weights import pretrained_weights
from nl_plugins.methods.smp.smp_hook import SMPHook

SIZE = 330
SHORT = dict(
    train_dataloader=loader(toy(num_samples=SIZE), batch_size=64),
    train_cfg=dict(by_epoch=True, max_epochs=2, val_interval=100),
)


def smp(**kwargs):
    return dict(type='SMPHook', start_epoch='auto', holdout_fraction=0.1, **kwargs)


def run(folder, hooks, model=None, **changes):
    """The hook, and what was warned of at the start."""
    runner = build(folder, hooks, model, **{**SHORT, **changes})
    warnings = []
    runner.logger.warning = lambda text, *args: warnings.append(text)
    runner.train()
    hook = hook_of(runner, SMPHook) if hooks else None
    return hook, [text for text in warnings if 'too optimistic' in text]


@pytest.fixture(scope='module')
def baseline(tmp_path_factory):
    folder = tmp_path_factory.mktemp('baseline')
    run(folder, [])
    return str(folder / 'epoch_2.pth')


@pytest.fixture(scope='module')
def corrected(tmp_path_factory):
    """The checkpoint of a guarded run from scratch, after one epoch: its draw."""
    folder = tmp_path_factory.mktemp('corrected')
    hook, warnings = run(folder, [smp(seed=1)])
    assert not warnings
    assert hook.holdout_origin == 'drawn'
    return str(folder / 'epoch_1.pth')


def test_weights_that_saw_the_labels(tmp_path, baseline):
    hook, (warning,) = run(tmp_path, [smp()], load_from=baseline)
    assert warning.startswith('`load_from`: the weights may have been trained with')
    assert hook.stage == 'withheld'  # and not given up
    assert int(hook.holdout.sum()) == 33
    resumed, warnings = run(
        tmp_path / 'b', [smp()], load_from=str(tmp_path / 'epoch_1.pth'), resume=True
    )
    assert not warnings
    assert resumed.holdout_origin == 'seen'
    assert resumed.stage == 'withheld'


def test_whatever_brings_them_in(tmp_path, baseline):
    _, (warning,) = run(
        tmp_path / 'a',
        [smp()],
        load_from=baseline,
        resume=True,
        train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=100),
    )
    assert warning.startswith('the resumed checkpoint: the weights may')
    backbone = dict(type='Pretrained', checkpoint=baseline, prefix='backbone.')
    model = dict(tiny_model(), init_cfg=backbone)
    _, (warning,) = run(tmp_path / 'b', [smp()], model)
    assert warning.startswith(f'`init_cfg` ({baseline}): the weights may')
    weights = str(tmp_path / 'weights.pth')
    torch.save(torch.load(baseline, weights_only=False)['state_dict'], weights)
    assert run(tmp_path / 'c', [smp()], load_from=weights)[1]


def test_a_url_is_known_by_its_copy_or_not_at_all(tmp_path, baseline, monkeypatch):
    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path / 'hub'))
    url = 'https://localhost/weights/baseline.pth?x=1'
    pretrained = dict(type='Pretrained', checkpoint=url)
    copy = tmp_path / 'hub' / 'checkpoints' / 'baseline.pth'
    copy.parent.mkdir(parents=True)
    shutil.copy(baseline, copy)
    model = dict(tiny_model(), init_cfg=pretrained)
    hook, (warning,) = run(tmp_path / 'a', [smp()], model)
    assert warning.startswith(f'`init_cfg` ({url}): the weights may')
    assert hook.holdout_origin == 'seen'
    copy.unlink()
    (unknown,) = pretrained_weights(MODELS.build(model))
    assert unknown.source.endswith('no copy to look at')
    assert unknown.may_have_seen(['cat'], MODELS.build(tiny_model()))
    zoo = dict(pretrained, checkpoint='torchvision://resnet50')
    assert pretrained_weights(MODELS.build(dict(model, init_cfg=zoo))) == []


@pytest.mark.parametrize(
    ('classes', 'origin'),
    [(['dog', 'cat', 'owl'], 'drawn'), (['Red', 'GREEN', 'blue'], 'seen')],
)
def test_weights_of_other_data(tmp_path, baseline, classes, origin):
    checkpoint = torch.load(baseline, weights_only=False)
    checkpoint['meta']['dataset_meta']['classes'] = classes
    other = str(tmp_path / 'other.pth')
    torch.save(checkpoint, other)
    hook, warnings = run(tmp_path / 'a', [smp()], load_from=other)
    assert len(warnings) == (origin == 'seen')
    assert hook.holdout_origin == origin


def test_the_checkpoints_own_hold_out_is_used_again(tmp_path, corrected):
    before = torch.load(corrected, weights_only=False)['nl_plugins']['SMPHook']
    hook, warnings = run(tmp_path / 'a', [smp()], load_from=corrected)
    assert not warnings
    assert hook.holdout_origin == 'loaded'
    saved = torch.load(tmp_path / 'a/epoch_1.pth', weights_only=False)
    saved = saved['nl_plugins']['SMPHook']['holdout']
    assert torch.equal(saved, before['holdout'])
    assert saved.sum() == 33
    assert hook.trust_guard.rows.tolist() == saved.nonzero().flatten().tolist()
    last = str(tmp_path / 'a/epoch_1.pth')
    resumed, warnings = run(tmp_path / 'b', [smp()], load_from=last, resume=True)
    assert not warnings
    assert torch.equal(resumed.trust_guard.rows, hook.trust_guard.rows)
    assert resumed.stage == hook.stage


def test_a_hold_out_that_was_seen_proves_nothing(tmp_path, baseline):
    run(tmp_path / 'a', [smp()], load_from=baseline)
    second = str(tmp_path / 'a/epoch_2.pth')
    hook, warnings = run(tmp_path / 'b', [smp(seed=1)], load_from=second)
    assert warnings
    assert hook.holdout_origin == 'seen'


def test_the_hold_out_of_other_labels_proves_nothing(tmp_path, corrected):
    data = loader(toy(num_samples=SIZE + 30), batch_size=64)
    _, warnings = run(tmp_path, [smp()], load_from=corrected, train_dataloader=data)
    assert warnings


def test_nothing_held_out_needs_no_proof(tmp_path, baseline):
    hook = dict(type='SMPHook', start_epoch=2, holdout_fraction=0.0)
    assert not run(tmp_path, [hook], load_from=baseline)[1]
