"""SINet over several processes, killed and resumed, and in plain MMPretrain."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from toy import build, hook_of, loader, tiny_model, toy

from nl_plugins.engine import SINetHook

TESTS = Path(__file__).parents[1]
ENV = dict(os.environ, PYTHONPATH=os.pathsep.join([*sys.path, str(TESTS)]))
GRAPH = dict(type='tree', parents=dict(red='warm', green='cold', blue='cold'))
CLEAN = dict(
    type='ToyImages', num_samples=17, seed=3, pipeline=[dict(type='PackInputs')]
)


def hook_config(**kwargs):
    return dict(type='SINetHook', graph=GRAPH, num_confident=4, **kwargs)


EPOCHS = dict(
    train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
    default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
)
ITERATIONS = dict(
    train_cfg=dict(by_epoch=False, max_iters=12, val_interval=100),
    train_dataloader=loader(
        toy(), sampler=dict(type='InfiniteSampler', shuffle=True, seed=0)
    ),
    default_hooks=dict(
        checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=2)
    ),
)
RUNS = dict(
    epochs=(hook_config(start_epoch=2, interval=3), EPOCHS, 17),
    clean=(hook_config(start_epoch=2, clean_dataset=CLEAN), EPOCHS, 9),
    iterations=(hook_config(start_epoch=3, interval=4, by_epoch=False), ITERATIONS, 9),
)

KILLED = """
import os, sys
sys.path.insert(0, {folder!r})
from pathlib import Path
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from test_sinet_runs import RUNS
from toy import build

@HOOKS.register_module()
class Killer(Hook):
    priority = 'VERY_HIGH'
    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter == kill_at:
            os.kill(os.getpid(), 9)

hook, changes, kill_at = RUNS[{run!r}]
build(Path({work_dir!r}), [hook, dict(type='Killer')], **changes).train()
"""


@pytest.mark.parametrize('run', RUNS)
def test_killed_and_resumed_run_is_bitwise_the_uninterrupted_one(tmp_path, run):
    hook, changes, _ = RUNS[run]
    whole = build(tmp_path / 'whole', [hook], **changes)
    whole.train()
    work_dir = tmp_path / 'killed'
    script = KILLED.format(
        folder=str(Path(__file__).parent), run=run, work_dir=str(work_dir)
    )
    done = subprocess.run(
        [sys.executable, '-c', script], env=ENV, capture_output=True, timeout=300
    )
    assert done.returncode == -9, done.stderr.decode()[-2000:]
    resumed = build(work_dir, [hook], resume=True, **changes)
    resumed.train()
    for name, weights in whole.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], weights), name
    got, want = (hook_of(each, SINetHook).state_dict() for each in (resumed, whole))
    assert want['active']
    assert want['table']['weights'].unique().numel() > 3
    for name in ('suggested_labels', 'scores', 'weights', 'selected'):
        assert torch.equal(got['table'][name], want['table'][name]), name


# With lr 0 and frozen statistics both walk the same network.
SETTINGS = dict(
    frozen=(0.0, dict(num_matched=5)),
    clean=(0.0, dict(clean_dataset=CLEAN)),
    trained=(0.05, dict()),
)

PROCESS = """
import os, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
sys.path.insert(0, {folder!r})
from mmengine.runner import Runner
from nl_plugins.engine import SINetHook
from nl_plugins.engine.cpu_processes import prepare_cpu_processes
from test_sinet_runs import SETTINGS, hook_config
from toy import config, hook_of, loader, toy

out, rank, world = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world),
                  MASTER_ADDR='localhost', MASTER_PORT=sys.argv[4])
for name, (lr, extra) in SETTINGS.items():
    cfg = config(  # 31 samples: uneven shards
        out / f'{{name}}_{{world}}', [hook_config(start_epoch=2, **extra)],
        train_dataloader=loader(toy(num_samples=31), batch_size=8 // world),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)))
    cfg.experiment_name = f'{{name}}_{{world}}'
    if world > 1:
        cfg.launcher = 'pytorch'
        prepare_cpu_processes(cfg)
    runner = Runner.from_cfg(cfg)
    for module in runner.model.modules():
        if isinstance(module, torch.nn.BatchNorm2d) and lr == 0:
            module.momentum = 0.0
    runner.train()
    table = hook_of(runner, SINetHook).state_dict()['table']
    torch.save(table, out / f'{{name}}_{{rank}}_of_{{world}}.pth')
"""


@pytest.fixture(scope='module')
def tables(tmp_path_factory):
    """The table of a setting, by name, rank and number of processes."""
    folder = tmp_path_factory.mktemp('processes')
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = str(free.getsockname()[1])
    script = PROCESS.format(folder=str(Path(__file__).parent))
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', script, str(folder), str(rank), str(world), port],
            env=ENV,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for rank, world in ((0, 1), (0, 2), (1, 2))
    ]
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()[-3000:]

    def table(name, rank, world):
        return torch.load(folder / f'{name}_{rank}_of_{world}.pth', weights_only=True)

    return table


@pytest.mark.parametrize('name', ['frozen', 'clean'])
def test_two_processes_make_the_table_of_one(tables, name):
    single = tables(name, 0, 1)
    assert single['weights'].std() > 0.01
    for rank in (0, 1):
        table = tables(name, rank, 2)
        assert torch.equal(table['suggested_labels'], single['suggested_labels'])
        assert torch.equal(table['selected'], single['selected'])
        assert torch.allclose(table['weights'], single['weights'], atol=1e-3)
        assert torch.allclose(table['scores'], single['scores'], atol=1e-3)


@pytest.mark.parametrize('name', SETTINGS)
def test_both_ranks_hold_the_same_table_after_training(tables, name):
    first, second = (tables(name, rank, 2) for rank in (0, 1))
    for column in ('suggested_labels', 'scores', 'weights', 'selected'):
        assert torch.equal(first[column], second[column]), column


STOCK = """
import functools, sys
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from mmpretrain.models import build_classifier
torch.load = functools.partial(torch.load, weights_only=False)  # as torch < 2.6 did
model = build_classifier(Config.fromfile('stock.py').model)
load_checkpoint(model, 'epoch_2.pth', map_location='cpu', strict=True)
assert not any(name.startswith('nl_plugins') for name in sys.modules)
torch.manual_seed(0)
probs = model.eval()(torch.randn(2, 3, 32, 32), mode='tensor').softmax(1)
print(','.join(f'{p:.6f}' for p in probs.flatten().tolist()))
"""


def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path):
    model = dict(
        type='ImageClassifier',
        backbone=dict(type='ResNet_CIFAR', depth=18, stem_channels=4, base_channels=4),
        neck=dict(type='GlobalAveragePooling'),
        head=dict(tiny_model()['head'], in_channels=32),
    )
    runner = build(tmp_path, [hook_config()], model)
    runner.train()
    (tmp_path / 'stock.py').write_text(f'model = {model!r}\n')
    torch.manual_seed(0)
    runner.model.eval()
    with torch.no_grad():
        logits = runner.model(torch.randn(2, 3, 32, 32), mode='tensor')
    done = subprocess.run(
        [sys.executable, '-c', STOCK],
        capture_output=True,
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != 'PYTHONPATH'},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    got = [float(p) for p in done.stdout.decode().split()[-1].split(',')]
    assert torch.allclose(torch.tensor(got), logits.softmax(1).flatten(), atol=1e-5)
