"""A run killed in any phase and resumed ends bit for bit where a whole one does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from noise_layer_toy import clean_and_noisy, noise_layer_model
from toy import build, hook_of, loader, toy

from nl_plugins.engine import NoiseLayerHook

TESTS = Path(__file__).parents[1]
CLEAN = dict(phases=dict(classes=1, types=3, joint=5))
PREDICTED = dict(phases=dict(given=1, joint=4), estimate='predictions')


def make(work_dir, settings, **changes):
    hooks = [dict(type='NoiseLayerHook', **settings), dict(type='EMAHook')]
    data = clean_and_noisy() if settings == CLEAN else loader(toy())
    return build(
        work_dir,
        hooks + changes.pop('hooks', []),
        noise_layer_model(),
        train_dataloader=data,
        train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
        **changes,
    )


KILLED = """
import os, sys
from pathlib import Path
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
import test_noise_layer_resume as test

@HOOKS.register_module()
class Killer(Hook):
    priority = 'VERY_HIGH'
    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter == {kill_at}:
            os.kill(os.getpid(), 9)

test.make(Path({work_dir!r}), test.{settings}, hooks=[dict(type='Killer')]).train()
"""


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    """The final state of each kind of run."""
    states = {}
    for name, settings in dict(CLEAN=CLEAN, PREDICTED=PREDICTED).items():
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
    script = KILLED.format(kill_at=kill_at, work_dir=str(tmp_path), settings=settings)
    paths = [TESTS.parent, TESTS, TESTS / 'test_engine']
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, paths)))
    done = subprocess.run(
        [sys.executable, '-c', script], env=env, capture_output=True, timeout=300
    )
    assert done.returncode == -9, done.stderr.decode()[-2000:]
    assert (tmp_path / 'last_checkpoint').exists()
    resumed = make(tmp_path, globals()[settings], resume=True)
    resumed.train()
    got, want = final_state(resumed), whole[settings]
    assert got.keys() == want.keys()
    for name, value in want.items():
        same = torch.equal(got[name], value) if name != 'fingerprint' else True
        assert same, name


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
