"""The digits config of the noise layer, cut short, and the report of its checkpoint."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPTIONS = (
    'train_cfg.max_epochs=3',
    'custom_hooks.0.phases.types=2',
    'custom_hooks.0.phases.joint=3',
    'param_scheduler.periods=[1,1,1]',
    'load_from=None',
)


def run(tool, *arguments, cwd, succeeds=True):
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
    assert (done.returncode == 0) == succeeds, done.stderr[-3000:]
    return done.stdout if succeeds else done.stderr


def test_train_and_report(tmp_path):
    text = run('train.py', '--work-dir', tmp_path / 'run', cwd=tmp_path)
    for phase in ('classes', 'types', 'joint'):
        assert f"phase '{phase}'" in text
    assert 'confusion matrix estimated from 72 samples with both labels' in text
    labels = (tmp_path / 'run' / 'cleaned_labels.csv').read_text().splitlines()
    assert len(labels) == 1 + 1437
    report = ('--out', tmp_path / 'report', '--samples')
    final = tmp_path / 'run' / 'epoch_3.pth'
    printed = run('report.py', final, *report, 4, 900, cwd=tmp_path)
    pictures = ('confusion', 'label_confusion', 'suspicious_images', 'predictions')
    for name in (*pictures, 'rank_precision'):
        path = tmp_path / 'report' / f'{name}.png'
        assert path.read_bytes().startswith(b'\x89PNG')
        assert str(path) in printed
    missing = run('report.py', final, *report, 9999, cwd=tmp_path, succeeds=False)
    assert 'there is no sample 9999: they are 0 to 1436' in missing
    early = tmp_path / 'run' / 'epoch_2.pth'
    printed = run('report.py', early, '--out', tmp_path / 'early', cwd=tmp_path)
    assert 'predictions.png' not in printed
    assert (tmp_path / 'early' / 'confusion.png').exists()
