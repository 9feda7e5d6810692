"""The noise layer's phases, matrix and labels in real runs."""

from contextlib import contextmanager

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.registry import OPTIM_WRAPPERS
from mmengine.runner import CheckpointLoader
from mmpretrain.registry import HOOKS
from noise_layer_toy import CONFUSION, clean_and_noisy, noise_layer_model
from toy import build, hook_of, loader, toy

from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import estimate_confusion, label_confusion
from nl_plugins.methods.noise_layer.noise_layer_hook import NoiseLayerHook

PHASES = dict(classes=1, types=2, joint=3)


def run(tmp_path, hook=None, model=None, epochs=3, train=True, **changes):
    hook = dict(type='NoiseLayerHook', **{'phases': PHASES, **(hook or {})})
    changes.setdefault('train_dataloader', clean_and_noisy())
    changes.setdefault(
        'train_cfg', dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    )
    runner = build(tmp_path, [hook], model or noise_layer_model(), **changes)
    if train:
        runner.train()
    return runner


def watch(runner):
    """Phase and sample indices of each step, and which parameters it changed."""
    steps, step = [], runner.model.train_step

    def train_step(data, optim_wrapper):
        before = {k: v.clone() for k, v in runner.model.named_parameters()}
        log = step(data, optim_wrapper)
        changed = {
            k.split('.')[0]
            for k, v in runner.model.named_parameters()
            if not torch.equal(v, before[k])
        }
        rows = [sample.sample_idx for sample in data['data_samples']]
        steps.append((runner.model.phase, rows, changed, log))
        return log

    runner.model.train_step = train_step
    return steps


def test_each_phase_trains_its_network_on_its_samples(tmp_path):
    runner = run(tmp_path, train=False)
    steps = watch(runner)
    runner.train()
    dataset = runner.train_dataloader.dataset
    clean = set(np.flatnonzero(dataset.columns.clean_labels >= 0).tolist())
    per_epoch = len(steps) // 3
    names = ['classes'] * per_epoch + ['types'] * per_epoch + ['joint'] * per_epoch
    assert [step[0] for step in steps] == names
    networks = dict(
        classes={'backbone', 'head'},
        types={'type_network'},
        joint={'backbone', 'head', 'type_network'},
    )
    for phase, rows, changed, log in steps:
        assert changed == networks[phase]
        assert (set(rows) <= clean) == (phase != 'joint')
        assert ('type_loss' in log) == (phase != 'classes')
        assert all(np.isfinite(value.item()) for value in log.values())
    seen = {row for phase, rows, *_ in steps if phase == 'joint' for row in rows}
    assert seen == set(range(len(dataset)))


@pytest.mark.parametrize('baseline', [False, True])
def test_the_matrix_comes_from_the_samples_with_both_labels(tmp_path, baseline):
    phases = dict(classes=1, joint=2)
    runner = run(tmp_path, dict(phases=phases), noise_layer_model(baseline), epochs=2)
    dataset = runner.train_dataloader.dataset
    both = torch.from_numpy(dataset.columns.clean_labels >= 0)
    labels = (
        torch.from_numpy(column)[both]
        for column in (dataset.columns.clean_labels, dataset.columns.noisy_labels)
    )
    estimate = label_confusion if baseline else estimate_confusion
    want = estimate(*labels, 3, *([1.0] if baseline else []))
    layer = runner.model.noise_layer
    torch.testing.assert_close(layer.confusion.double(), want)
    saved = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_2.pth'), 'cpu')
    assert torch.equal(saved['state_dict']['noise_layer.confusion'], layer.confusion)


def test_suggested_labels_are_the_mode_of_the_posterior(tmp_path):
    runner = run(
        tmp_path, epochs=6, hook=dict(phases=dict(classes=1, types=3, joint=5))
    )
    hook = hook_of(runner, NoiseLayerHook)
    file = read_label_file(tmp_path / 'cleaned_labels.csv')
    dataset = runner.train_dataloader.dataset
    clean, noisy = dataset.columns.clean_labels, dataset.columns.noisy_labels
    model = runner.model.eval()
    known_wrong = (clean >= 0) & (clean != file.given_labels)
    assert (file.recommended == np.where(known_wrong, 'replace', 'keep')).all()
    for row in range(len(dataset)):
        if clean[row] >= 0:
            assert file.suggested_labels[row] == clean[row]
            assert file.scores[row] == 1
            continue
        image = model.data_preprocessor({'inputs': [dataset[row]['inputs']] * 2})
        with torch.no_grad():
            q_y, _ = model.noise_layer.posterior(
                model(image['inputs']),
                model.type_network(image['inputs']),
                torch.tensor([noisy[row]] * 2).long(),
            )
        assert file.suggested_labels[row] == q_y[0].argmax()
        assert file.scores[row] == pytest.approx(float(q_y[0, noisy[row]]), abs=1e-4)
        assert file.selected[row] == (file.suggested_labels[row] == noisy[row])
    assert np.array_equal(file.given_labels, hook.training_set.given_labels)


def test_phases_as_runs_of_their_own(tmp_path):
    """Three runs, each from the checkpoint of the one before, are the one run."""
    kwargs = dict(optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.05)))
    kwargs['train_dataloader'] = clean_and_noisy()
    kwargs['train_dataloader']['sampler'].update(seed=5)
    whole = run(tmp_path / 'whole', **kwargs)
    source = None
    for number, phase in enumerate(PHASES):
        changes = dict(kwargs, load_from=source)
        changes['train_dataloader'] = clean_and_noisy()
        # the epoch, which the order depends on, starts again
        changes['train_dataloader']['sampler'].update(seed=5 + number)
        folder = tmp_path / phase
        part = run(folder, dict(phases={phase: 1}), epochs=1, **changes)
        source = str(folder / 'epoch_1.pth')
    for name, value in whole.model.state_dict().items():
        assert torch.equal(part.model.state_dict()[name], value), name


def test_iteration_based_loop(tmp_path):
    phases = dict(classes=1, types=4, joint=7)
    runner = run(
        tmp_path,
        dict(phases=phases, by_epoch=False),
        train=False,
        train_cfg=dict(by_epoch=False, max_iters=9, val_interval=100),
        default_hooks=dict(checkpoint=None),
    )
    steps = watch(runner)
    runner.train()
    assert [step[0] for step in steps] == ['classes'] * 3 + ['types'] * 3 + [
        'joint'
    ] * 3
    dataset = runner.train_dataloader.dataset
    for phase, rows, changed, _ in steps:
        assert changed >= {'type_network' if phase == 'types' else 'backbone'}
        assert (dataset.columns.clean_labels[rows] < 0).any()  # the mix stays as it is


@OPTIM_WRAPPERS.register_module()
class NoiseLayerCpuAmp(OptimWrapper):
    """MMEngine's AmpOptimWrapper insists on a GPU; this is its context on a CPU."""

    @contextmanager
    def optim_context(self, model):
        with super().optim_context(model), torch.autocast('cpu', torch.bfloat16):
            yield


HOSTS = dict(
    mixed_precision=dict(
        optim_wrapper=dict(type='NoiseLayerCpuAmp', optimizer=dict(type='SGD', lr=0.05))
    ),
    accumulation=dict(
        optim_wrapper=dict(
            optimizer=dict(type='SGD', lr=0.05),
            accumulative_counts=2,
            clip_grad=dict(max_norm=1.0),
        )
    ),
    adam=dict(optim_wrapper=dict(optimizer=dict(type='AdamW', lr=0.01))),
)


@pytest.mark.parametrize('name', HOSTS)
def test_other_ways_to_train(tmp_path, name):
    runner = run(tmp_path, train=False, **HOSTS[name])
    steps = watch(runner)
    runner.train()
    for _, _, _, log in steps:
        assert all(np.isfinite(value.item()) for value in log.values())
    assert torch.isfinite(next(runner.model.parameters())).all()


@pytest.mark.parametrize('update_buffers', [False, True])
def test_moving_averages(tmp_path, update_buffers):
    """EMAHook copies the model before the matrix is known."""
    ema = dict(type='EMAHook', momentum=0.1, update_buffers=update_buffers)
    hooks = [dict(type='NoiseLayerHook', phases=PHASES), ema]
    changes = dict(
        train_dataloader=clean_and_noisy(),
        train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=1),
    )
    first = build(tmp_path, hooks, noise_layer_model(), **changes)
    first.train()
    saved = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_3.pth'), 'cpu')
    want = first.model.noise_layer.confusion
    for key in ('state_dict', 'ema_state_dict'):
        prefix = 'module.' if key == 'ema_state_dict' else ''
        got = saved[key][prefix + 'noise_layer.confusion']
        torch.testing.assert_close(got, want)
    changes['train_cfg'] = dict(by_epoch=True, max_epochs=4, val_interval=1)
    build(tmp_path, hooks, noise_layer_model(), resume=True, **changes).train()


def test_matrix_from_predictions_where_no_label_is_clean(tmp_path):
    data = loader(toy(num_samples=90))
    hook = dict(phases=dict(given=1, joint=5), estimate='predictions')
    runner = run(tmp_path, hook, epochs=16, train_dataloader=data)
    layer = runner.model.noise_layer
    assert layer.is_set
    # a fifth of the labels is the next class: that is what confuses
    want = torch.tensor([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
    torch.testing.assert_close(layer.confusion, want)
    hook = hook_of(runner, NoiseLayerHook)
    true = hook.training_set.true_labels
    assert (hook.table.suggested_labels == true).float().mean() > 0.95
    assert (hook.table.given_labels == true).float().mean() < 0.85


def test_phases_that_never_start_are_named(tmp_path):
    hook = dict(phases=dict(classes=1, joint=3))
    run(tmp_path, hook, epochs=2)
    (log,) = tmp_path.glob('*/*.log')
    assert "the phase 'joint' starts at 3, but training ends after 2" in log.read_text()


def test_a_given_matrix_is_kept(tmp_path):
    model = noise_layer_model()
    model['noise_layer']['confusion'] = CONFUSION
    runner = run(tmp_path, dict(estimate=None), model)
    want = torch.tensor(CONFUSION)
    assert torch.equal(runner.model.noise_layer.confusion, want)


def test_resuming_with_other_labels_is_refused(tmp_path):
    run(tmp_path)
    changes = dict(train_dataloader=clean_and_noisy(), resume=True)
    changes['train_dataloader']['dataset'].update(seed=1)
    with pytest.raises(ValueError, match='not those of the run to resume'):
        run(tmp_path, epochs=4, **changes)


@pytest.mark.parametrize(
    ('hook', 'message'),
    [
        (dict(phases=dict(classes=2, joint=3)), 'must start at 1, .*got .*2'),
        (dict(phases=dict(classes=1, joint=1)), 'must start at 1'),
        (dict(phases={}), 'must start at 1'),
        (dict(phases='joint'), "phases must map .*, got 'joint'"),
        (dict(phases=dict(given=1, joint=2.5)), 'an integer, got .*2.5'),
        (dict(phases=dict(given=1, joint='2')), "an integer, got .*'2'"),
        (dict(estimate='guess'), "estimate must be one of .*'guess'"),
    ],
)
def test_bad_settings(hook, message):
    with pytest.raises(ValueError, match=message):
        NoiseLayerHook(**{'phases': PHASES, **hook})


def three_types(**kwargs):
    model = noise_layer_model()
    model['type_network']['head'].update(kwargs)
    return model


@pytest.mark.parametrize(
    ('hook', 'model', 'changes', 'message'),
    [
        (
            {},
            None,
            dict(train_dataloader=loader(toy())),
            'has both a clean and a noisy',
        ),
        (dict(phases=dict(em=1)), None, {}, "phase must be one of .*, but is 'em'"),
        ({}, three_types(num_classes=4), {}, 'predicts 4 classes instead of the 3'),
        ({}, three_types(cal_acc=True), {}, '`cal_acc=True` of the head'),
        (
            {},
            noise_layer_model(noise_layer=dict(type='NoiseLayerHead', num_classes=4)),
            {},
            'the noise layer has 4 classes, but the head predicts 3',
        ),
        ({}, noise_layer_model(baseline=True), {}, "but is 'types'"),
    ],
)
def test_what_cannot_work_is_refused_before_the_first_step(
    tmp_path, hook, model, changes, message
):
    with pytest.raises(ValueError, match=message):
        run(tmp_path, hook, model, **changes)


def test_another_model_is_refused(tmp_path):
    from toy import tiny_model

    with pytest.raises(ValueError, match='ImageClassifier has no noise layer'):
        run(tmp_path, model=tiny_model())


def test_no_matrix_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match='has no confusion matrix'):
        run(tmp_path, dict(estimate=None))


def test_a_loss_exchanged_in_an_epoch_leaves_its_phase(tmp_path):
    loss = dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode='original')
    schedule = [dict(action_epoch=2, loss=loss)]
    runner = run(tmp_path, train=False)
    hook = HOOKS.build(dict(type='SwitchRecipeHook', schedule=schedule))
    runner.register_hook(hook)
    steps = watch(runner)
    runner.train()
    phases = list(dict.fromkeys(phase for phase, *_ in steps))
    assert phases == ['classes', 'types', 'joint']
    assert type(runner.model.head.loss_module).__name__ == 'LabelSmoothLoss'


def test_a_loss_that_cannot_work_later_is_told_at_the_start(tmp_path):
    schedule = [dict(action_epoch=2, loss=dict(type='FocalLoss'))]
    runner = run(tmp_path, train=False)
    hook = HOOKS.build(dict(type='SwitchRecipeHook', schedule=schedule))
    runner.register_hook(hook)
    with pytest.raises(ValueError, match='FocalLoss is not linear'):
        runner.train()
    assert runner.iter == 0
