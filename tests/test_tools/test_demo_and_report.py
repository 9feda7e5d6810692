"""The demo's parts at a tiny size: runs, table, pictures, report of a checkpoint."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command, cwd):
    env = dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1')
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_demo_and_report(tmp_path):
    """One epoch each of the demo's two runs: what it writes, not what it reaches."""
    short = tmp_path / 'short.py'
    short.write_text(
        (ROOT / 'tools' / 'demo.py')
        .read_text()
        .replace('configs = {k: ', 'configs = {k: shortened(')
        .replace('(config_path(path)) for', '(config_path(path))) for')
        .replace(
            'def main()',
            'def shortened(config):\n'
            '    config.train_cfg.max_epochs = 2\n'
            '    for hook in config.get("custom_hooks", []):\n'
            '        hook.start_epoch = 2\n'
            '    return config\n\n\n'
            'def main()',
        )
    )
    out = tmp_path / 'demo'
    text = run(short, '--work-dir', out, '--seeds', 0, cwd=tmp_path)
    assert '| smp |' in text
    summary = json.loads((out / 'summary.json').read_text())
    assert len(summary['cross_entropy']['top1']) == 1
    for key in ('top1', 'given_label_accuracy', 'corrected_label_accuracy'):
        assert 0 <= summary['smp'][key][0] <= 1
    for name in ('accuracy_curves', 'density_similarity', 'suspicious_images'):
        assert (out / f'{name}.png').read_bytes().startswith(b'\x89PNG')
    labels = (out / 'smp' / 'seed_0' / 'cleaned_labels.csv').read_text().splitlines()
    assert len(labels) == 1 + 1437

    # the second call repeats nothing and says the same
    assert '[1/2]' not in run(short, '--work-dir', out, '--seeds', 0, cwd=tmp_path)
    report = run(
        ROOT / 'tools' / 'report.py',
        ROOT / 'configs' / 'smp' / 'digits_sym50.py',
        out / 'smp' / 'seed_0' / 'epoch_2.pth',
        '--out',
        tmp_path / 'report',
        '--images',
        8,
        cwd=tmp_path,
    )
    assert 'suspicious_images.png' in report
    assert (tmp_path / 'report' / 'density_similarity.png').exists()
