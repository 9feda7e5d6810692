"""Training and testing; how a user starts the tools."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tool_runs import TOOLS, print_of_tool, run_tool, start

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


def scalars(work_dir: Path) -> list:
    logs = sorted(work_dir.glob('*/vis_data/scalars.json'))
    return [json.loads(line) for log in logs for line in log.read_text().splitlines()]


def test_train_resume_and_test(config, tmp_path):
    work_dir = tmp_path / 'work'
    train = [config, '--work-dir', work_dir, '--seed', 3]
    options = ['--deterministic', '--cfg-options', 'train_cfg.max_epochs=1']
    start(sys.executable, '-m', 'nl_plugins', 'train', *train, *options)
    assert (work_dir / 'epoch_1.pth').exists()
    dumped = (work_dir / 'tiny.py').read_text()
    assert 'seed=3' in dumped
    assert 'deterministic=True' in dumped

    assert 'resumed epoch: 1' in print_of_tool('train', *train, '--resume')
    checkpoint, out = work_dir / 'epoch_2.pth', tmp_path / 'metrics.json'
    test = [config, checkpoint, '--work-dir', work_dir]
    print_of_tool('test', *test, '--out', out, '--out-item', 'metrics')
    logged = [row for row in scalars(work_dir) if 'accuracy/top1' in row]
    tested = json.loads(out.read_text())['accuracy/top1']
    assert [row['accuracy/top1'] for row in logged if row.get('step') == 2] == [tested]


def test_two_processes_train_and_test_on_the_cpu(config, tmp_path):
    work_dir = tmp_path / 'work'
    train = [config, 2, '--work-dir', work_dir, '--seed', 0]
    printed = start('bash', TOOLS / 'dist_train.sh', *train)
    # 210 samples in batches of 64 are 4 steps for one process, 2 for each of two.
    assert '[2][2/2]' in printed
    test = [config, work_dir / 'epoch_2.pth', '--work-dir', work_dir]
    test += ['--launcher', 'pytorch', '--cfg-options', 'test_dataloader.batch_size=100']
    printed = print_of_tool('test', *test, world=2)
    assert '[2/2]' in printed
    assert 'accuracy/top1' in printed


FAKE_PYTHON = '#!/usr/bin/env bash\nprintf "%s\\n" "$@"\n'


@pytest.fixture
def fake_python(tmp_path):
    """A program that prints its arguments."""
    path = tmp_path / 'python'
    path.write_text(FAKE_PYTHON)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize('nodes', [1, 2])
def test_torchrun_starts_the_processes_of_a_node(fake_python, nodes):
    several = dict(NNODES='2', NODE_RANK='1', MASTER_ADDR='node1', PORT='1234')
    printed = start(
        *('bash', TOOLS / 'dist_test.sh', 'c.py', 'a path', 4, '--out', 'o.pkl'),
        PYTHON=str(fake_python),
        **(several if nodes == 2 else {}),
    )
    meeting = ['--nnodes', '2', '--node_rank', '1']
    meeting += ['--master_addr', 'node1', '--master_port', '1234']
    assert printed.splitlines() == [
        *('-m', 'torch.distributed.run'),
        *(meeting if nodes == 2 else ['--standalone']),
        *('--nproc_per_node', '4', str(TOOLS / 'test.py'), 'c.py', 'a path'),
        *('--out', 'o.pkl', '--launcher', 'pytorch'),
    ]


FAKE_SRUN = """#!/usr/bin/env bash
printf '%s\\n' "$@" > "$CALLS"
while [ "$1" != bash ]; do shift; done
SLURM_NNODES=2 SLURM_JOB_ID=7 SLURM_JOB_NODELIST=node[1-2] exec "$@"
"""
FAKE_SCONTROL = '#!/usr/bin/env bash\nprintf "node1\\nnode2\\n"\n'


@pytest.mark.parametrize('tool', ['train', 'test'])
def test_slurm_starts_torchrun_on_each_node(tmp_path, fake_python, tool):
    for name, text in (('srun', FAKE_SRUN), ('scontrol', FAKE_SCONTROL)):
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


def test_tools_start_from_the_package():
    assert 'checkpoint' in print_of_tool('test', '--help')
    done = run_tool('dance')
    assert done.returncode == 1
    assert done.stderr.startswith("nl-plugins: there is no command 'dance'")


@pytest.mark.parametrize('script', sorted(TOOLS.glob('[!_]*.sh')), ids=lambda p: p.name)
def test_scripts_say_how_they_are_used(script):
    done = subprocess.run(['bash', str(script)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith('usage:')


@pytest.mark.parametrize(
    ('tool', 'more'),
    [
        ('train', []),
        ('test', ['a.pth']),
        ('report', ['a.pth']),
        ('detect', ['a.pth']),
        ('ensemble', ['a.pth', 'b.py', 'b.pth']),
        ('extract', ['--out', 'features']),
        ('compare', []),
    ],
)
def test_config_that_is_not_there_is_told_in_a_line(tmp_path, tool, more):
    missing = tmp_path / 'missing.py'
    named = f'a={missing}' if tool == 'compare' else missing
    done = run_tool(tool, named, *more)
    told = f'nl-plugins {tool}: {missing}: there is no such config file'
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(told)
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize('tool', ['test', 'train', 'detect'])
def test_checkpoint_that_is_not_there_is_told_in_a_line(config, tmp_path, tool):
    missing = [*(['--resume'] if tool == 'train' else []), tmp_path / 'missing.pth']
    done = run_tool(tool, config, *missing, '--work-dir', tmp_path)
    assert done.returncode == 1
    last = done.stderr.rstrip().splitlines()[-1]
    assert last.startswith(f'nl-plugins {tool}: ')
    assert 'missing.pth' in last
    assert 'Traceback' not in done.stderr
