"""The pictures of a run, each of what it should show."""

from pathlib import Path

import pytest
import torch
from noise_layer_toy import clean_and_noisy, noise_layer_model
from toy import build, hook_of, loader, toy

from nl_plugins.methods.noise_layer import noise_layer_pictures
from nl_plugins.methods.noise_layer.noise_layer_hook import NoiseLayerHook
from nl_plugins.supervision import table_hook

PLOTS = (
    'draw_suspicious',
    'plot_label_confusion',
    'plot_noise_predictions',
    'plot_rank_precision',
    'plot_weighted_images',
)


@pytest.fixture
def drawn(monkeypatch):
    """What each plot was called with, by the name of its file."""
    calls = {}

    def watch(function):
        def plot(*args, **kwargs):
            path = next(arg for arg in args if isinstance(arg, Path))
            calls[path.stem] = args, kwargs
            return function(*args, **kwargs)

        return plot

    for name in PLOTS:
        module = noise_layer_pictures if name.startswith('plot') else table_hook
        monkeypatch.setattr(module, name, watch(getattr(module, name)))
    return calls


def run(tmp_path, phases, baseline=False, data=None, **hook):
    hook = dict(type='NoiseLayerHook', phases=phases, **hook)
    runner = build(
        tmp_path,
        [hook],
        noise_layer_model(baseline),
        train_dataloader=data or clean_and_noisy(),
        default_hooks=dict(checkpoint=None),
    )
    runner.train()
    return runner, hook_of(runner, NoiseLayerHook)


def test_after_a_joint_phase(tmp_path, drawn):
    runner, hook = run(tmp_path, dict(joint=1))
    noisy_rows = (hook.noisy_labels >= 0).nonzero()[:, 0]
    paths = hook.draw(runner, tmp_path, 4, samples=[20, 3])
    names = ('confusion', 'label_confusion', 'suspicious_images', 'predictions')
    names = (*names, 'mislabelled', 'rank_precision')
    assert paths == [str(tmp_path / f'{n}.png') for n in names]
    (_, classes, right, wrong, _), _ = drawn['mislabelled']
    assert len(classes) == len(right) == len(wrong)
    weights = [image.weight for image in wrong[0]]
    assert weights == sorted(weights, reverse=True)
    true, noisy = hook.training_set.true_labels, hook.noisy_labels
    mislabelled = (noisy >= 0) & (true != noisy)
    assert len(classes) == len(true[mislabelled].unique())
    counts = true[mislabelled].long().bincount()
    first = (mislabelled & (true == counts.argmax())).nonzero().flatten().tolist()
    images = [hook.training_set.dataset.get_data_info(row)['img'] for row in first]
    assert any((wrong[0][0].image == each).all() for each in images)
    both = (hook.clean_labels >= 0) & (hook.noisy_labels >= 0)
    (_, _, _, frequencies, title), _ = drawn['label_confusion']
    assert sum(frequencies) == int(both.sum())
    assert f'{int(both.sum())} samples with both labels' in title
    args, shown = drawn['predictions']
    assert args[2] == hook.noisy_labels[[3, 20]].tolist()  # in the order of the walk
    torch.testing.assert_close(shown['class_posterior'].sum(1), torch.ones(2))
    assert shown['type_probs'].shape == (2, 3)
    # the ranking is of the samples whose clean label was not used
    (_, curve, base_rate, title), _ = drawn['rank_precision']
    unseen = noisy_rows[hook.clean_labels[noisy_rows] < 0]
    wrong = hook.training_set.true_labels[unseen] != hook.noisy_labels[unseen]
    assert len(curve) == len(unseen)
    assert base_rate == pytest.approx(wrong.double().mean().item())
    assert curve[-1] == pytest.approx(base_rate)
    assert 'not trained on with a clean label' in title


def test_before_the_joint_phase_there_are_matrices_only(tmp_path, drawn):
    runner, hook = run(tmp_path, dict(classes=1, joint=100))
    hook.draw(runner, tmp_path)
    assert drawn.keys() == {'confusion', 'label_confusion'}


def test_the_baseline_has_no_noise_types(tmp_path, drawn):
    runner, hook = run(tmp_path, dict(joint=1), baseline=True)
    hook.draw(runner, tmp_path)
    assert 'rank_precision' not in drawn
    assert 'type_probs' not in drawn['predictions'][1]
    assert len(drawn['predictions'][0][1]) == 12


def test_verification_labels_serve_where_no_true_label_is_known(tmp_path, drawn):
    data = loader(toy(verified=True))
    runner, hook = run(tmp_path, dict(joint=1), data=data, estimate='predictions')
    verification = hook.training_set.verification
    hook.training_set.true_labels.fill_(-1)
    hook.draw(runner, tmp_path)
    (_, curve, base_rate, _), _ = drawn['rank_precision']
    assert len(curve) == int((verification >= 0).sum()) == 15
    assert base_rate == pytest.approx((verification == 0).sum().item() / 15)
    assert 'label_confusion' not in drawn


@pytest.mark.parametrize('row', [-1, 30])
def test_a_sample_that_does_not_exist(tmp_path, row):
    runner, hook = run(tmp_path, dict(joint=1))
    with pytest.raises(ValueError, match=f'there is no sample {row}: they are 0 to 29'):
        hook.draw(runner, tmp_path, samples=[row])
