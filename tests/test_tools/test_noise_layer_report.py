"""The digits config of the noise layer, cut short, and the report of its checkpoint."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOISE = 'train_dataloader.dataset.dataset.dataset'
OPTIONS = (
    'train_cfg.max_epochs=3',
    'custom_hooks.0.phases.types=2',
    'custom_hooks.0.phases.joint=3',
    'param_scheduler.periods=[1,1,1]',
    'load_from=None',
    f'{NOISE}.indices=200',
)


def run(tool, *arguments, cwd):
    env = dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1')
    config = ROOT / 'configs' / 'noise_layer' / 'digits_6_noise_layer.py'
    command = [sys.executable, ROOT / 'tools' / tool, config, *arguments]
    done = subprocess.run(
        [*map(str, command), '--cfg-options', *OPTIONS],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_train_and_report(tmp_path):
    text = run('train.py', '--work-dir', tmp_path / 'run', cwd=tmp_path)
    for phase in ('classes', 'types', 'joint'):
        assert f"phase '{phase}'" in text
    assert 'confusion matrix estimated from 6 samples with both labels' in text
    labels = (tmp_path / 'run' / 'cleaned_labels.csv').read_text().splitlines()
    assert len(labels) == 1 + 200
    # the second epoch's: the overrides do not make the report train on
    checkpoint, out = tmp_path / 'run' / 'epoch_2.pth', tmp_path / 'report'
    printed = run('report.py', checkpoint, '--out', out, cwd=tmp_path)
    assert str(out / 'confusion.png') in printed
    assert (out / 'confusion.png').read_bytes().startswith(b'\x89PNG')
    assert not (out / 'predictions.png').exists()
