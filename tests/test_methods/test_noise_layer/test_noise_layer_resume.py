"""A run killed in any phase and resumed ends bit for bit where a whole one does."""

import pytest
from killing import run_and_kill
from noise_layer_toy import clean_and_noisy, noise_layer_model
from states import assert_same
from toy import build, hook_of, loader, toy

from nl_plugins.methods.noise_layer.noise_layer_hook import NoiseLayerHook

CLEAN = dict(phases=dict(classes=1, types=3, joint=5))
PREDICTED = dict(phases=dict(given=1, joint=4), estimate='predictions')
SETTINGS = dict(CLEAN=CLEAN, PREDICTED=PREDICTED)


def run_of(settings, **changes):
    """The arguments of build and run_and_kill behind the folder."""
    hooks = [dict(type='NoiseLayerHook', **settings), dict(type='EMAHook')]
    return (hooks, noise_layer_model()), dict(
        train_dataloader=clean_and_noisy() if settings == CLEAN else loader(toy()),
        train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
        **changes,
    )


def make(work_dir, settings, **changes):
    arguments, others = run_of(settings, **changes)
    return build(work_dir, *arguments, **others)


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    """The final state of each kind of run."""
    states = {}
    for name, settings in SETTINGS.items():
        runner = make(tmp_path_factory.mktemp(name), settings)
        runner.train()
        states[name] = final_state(runner)
    return states


def final_state(runner):
    table = hook_of(runner, NoiseLayerHook).table.state_dict()
    return {**runner.model.state_dict(), **table}


@pytest.mark.parametrize(
    ('settings', 'kill_at'),
    [('CLEAN', 6), ('CLEAN', 14), ('CLEAN', 22), ('PREDICTED', 13), ('PREDICTED', 17)],
    ids=['classes', 'types', 'joint', 'first_predicted', 'predicted'],
)
def test_killed_and_resumed_run_is_bitwise_the_whole_one(
    tmp_path, whole, settings, kill_at
):
    (hooks, model), others = run_of(SETTINGS[settings])
    run_and_kill(tmp_path, hooks, kill_at, model, **others)
    resumed = make(tmp_path, SETTINGS[settings], resume=True)
    resumed.train()
    assert_same(final_state(resumed), whole[settings])


def test_other_noisy_labels_of_clean_samples_are_noticed(tmp_path):
    def run(seed, **changes):
        noise = dict(type='symmetric', rate=0.5)
        inner = dict(type='NoisyLabels', dataset=toy(), noise=noise, seed=seed)
        data = clean_and_noisy()
        data['dataset'].update(dataset=inner, fraction=1.0)
        hook = dict(type='NoiseLayerHook', phases=dict(classes=1))
        runner = build(
            tmp_path, [hook], noise_layer_model(), train_dataloader=data, **changes
        )
        runner.train()

    run(0)
    with pytest.raises(ValueError, match='not those of the run to resume'):
        run(1, resume=True)
