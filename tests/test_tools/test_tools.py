"""The tools in processes of their own, as a user starts them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / 'tools'
TINY = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(backbone=dict(stem_channels=2, base_channels=2), neck=dict(in_channels=64))
train_dataloader = dict(dataset=dict(indices=210), batch_size=64)
train_cfg = dict(max_epochs=2)
param_scheduler = dict(T_max=2)
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / 'tiny.py'
    path.write_text(TINY)
    return path


def start(*command, cwd=None, **env) -> str:
    """Run a command without a GPU; return what it printed, fail if it failed."""
    done = subprocess.run(
        [str(part) for part in command],
        env={
            **os.environ,
            'CUDA_VISIBLE_DEVICES': '',
            'OMP_NUM_THREADS': '1',
            'PYTHONWARNINGS': 'ignore',
            'PYTHON': sys.executable,
            'PYTHONPATH': str(ROOT),
            **env,
        },
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def scalars(work_dir: Path) -> list:
    logs = sorted(work_dir.glob('*/vis_data/scalars.json'))
    return [json.loads(line) for log in logs for line in log.read_text().splitlines()]


def test_train_resume_and_test(config, tmp_path):
    work_dir = tmp_path / 'work'
    train = [sys.executable, TOOLS / 'train.py', config, '--work-dir', work_dir]
    options = ['--cfg-options', 'train_cfg.max_epochs=1']
    start(*train, '--seed', 3, '--deterministic', *options)
    assert (work_dir / 'epoch_1.pth').exists()
    dumped = (work_dir / 'tiny.py').read_text()
    assert 'seed=3' in dumped
    assert 'deterministic=True' in dumped

    resumed = start(*train, '--resume', '--seed', 3)
    assert 'resumed epoch: 1' in resumed
    assert (work_dir / 'epoch_2.pth').exists()

    out = tmp_path / 'metrics.json'
    test = [sys.executable, TOOLS / 'test.py', config, work_dir / 'epoch_2.pth']
    start(*test, '--work-dir', work_dir, '--out', out, '--out-item', 'metrics')
    logged = [row for row in scalars(work_dir) if 'accuracy/top1' in row]
    tested = json.loads(out.read_text())['accuracy/top1']
    assert [row['accuracy/top1'] for row in logged if row.get('step') == 2] == [tested]


def test_two_processes_train_and_test_on_the_cpu(config, tmp_path):
    work_dir = tmp_path / 'work'
    printed = start(
        'bash', TOOLS / 'dist_train.sh', config, 2, '--work-dir', work_dir, '--seed', 0
    )
    # 210 samples in batches of 64 are 4 steps for one process, 2 for each of two.
    assert '[2][2/2]' in printed
    checkpoint = work_dir / 'epoch_2.pth'
    printed = start(
        *('bash', TOOLS / 'dist_test.sh', config, checkpoint, 2),
        *('--work-dir', work_dir, '--cfg-options', 'test_dataloader.batch_size=100'),
    )
    assert '[2/2]' in printed
    assert 'accuracy/top1' in printed


FAKE_SRUN = """#!/usr/bin/env bash
printf '%s\\n' "$@" > "$CALLS"
while [ "$1" != bash ]; do shift; done
SLURM_NNODES=2 SLURM_JOB_ID=7 SLURM_JOB_NODELIST=node[1-2] exec "$@"
"""
FAKE_SCONTROL = '#!/usr/bin/env bash\nprintf "node1\\nnode2\\n"\n'
FAKE_PYTHON = '#!/usr/bin/env bash\nprintf "%s\\n" "$@"\n'


@pytest.mark.parametrize('tool', ['train', 'test'])
def test_slurm_starts_torchrun_on_each_node(tmp_path, tool):
    for name, text in (
        ('srun', FAKE_SRUN),
        ('scontrol', FAKE_SCONTROL),
        ('python', FAKE_PYTHON),
    ):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    printed = start(
        *('bash', TOOLS / f'slurm_{tool}.sh', 'part', 'job', 'c.py', 'a path'),
        *('--cfg-options', 'key="[a,b]"'),
        PATH=f'{tmp_path}:{os.environ["PATH"]}',
        PYTHON='python',
        CALLS=str(tmp_path / 'calls'),
        GPUS='8',
        GPUS_PER_NODE='4',
        SRUN_ARGS='--quotatype=spot --comment=x',
    )
    calls = (tmp_path / 'calls').read_text().splitlines()
    assert calls[: calls.index('bash')] == [
        *('--partition', 'part', '--job-name', 'job', '--gres', 'gpu:4'),
        *('--nodes', '2', '--ntasks-per-node', '1', '--cpus-per-task', '20'),
        *('--kill-on-bad-exit=1', '--quotatype=spot', '--comment=x'),
    ]
    assert printed.splitlines() == [
        *('-m', 'torch.distributed.run', '--nnodes', '2', '--nproc_per_node', '4'),
        *('--rdzv_id', '7', '--rdzv_backend', 'c10d'),
        *('--rdzv_endpoint', 'node1:29500', str(TOOLS / f'{tool}.py'), 'c.py'),
        *(['--work-dir'] if tool == 'train' else []),
        *('a path', '--cfg-options', 'key="[a,b]"', '--launcher', 'pytorch'),
    ]


def test_tools_start_from_the_package(tmp_path):
    printed = start(sys.executable, '-m', 'nl_plugins', 'test', '--help', cwd=tmp_path)
    assert 'checkpoint' in printed
    with pytest.raises(AssertionError, match='usage: python -m nl_plugins'):
        start(sys.executable, '-m', 'nl_plugins', 'dance', cwd=tmp_path)


@pytest.mark.parametrize('script', sorted(TOOLS.glob('[!_]*.sh')), ids=lambda p: p.name)
def test_scripts_say_how_they_are_used(script):
    done = subprocess.run(['bash', str(script)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith('usage:')
