import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.hooks import Hook
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader, Runner
from mmengine.utils import digit_version
from PIL import Image
from processes import forked

from nl_plugins.running import checkpoint_compat
from nl_plugins.running.checkpoint_compat import (
    STATISTICS,
    checkpoint_globals,
    history_statistic,
)

needs_allow_list = pytest.mark.skipif(
    digit_version(torch.__version__) < digit_version('2.6'),
    reason='torch.load takes every pickle by default before torch 2.6',
)


class LossScaler(Hook):
    """Adds what ``AmpOptimWrapper`` saves; itself it refuses to run without a GPU."""

    def before_save_checkpoint(self, runner, checkpoint):
        scaler = torch.amp.GradScaler('cpu')
        checkpoint.get('optimizer', {})['loss_scaler'] = scaler.state_dict()


def make_checkpoint(work_dir: Path) -> Path:
    """Train a tiny MMPretrain model with all that MMEngine puts into a checkpoint."""
    folder = work_dir / 'images'
    for name in ('a', 'b'):
        (folder / name).mkdir(parents=True)
        for index in range(4):
            shade = 40 if name == 'a' else 200
            Image.new('RGB', (8, 8), (shade, index, 0)).save(
                folder / name / f'{index}.png'
            )
    loader = {
        'batch_size': 4,
        'num_workers': 0,
        'dataset': {
            'type': 'CustomDataset',
            'data_prefix': str(folder),
            'pipeline': [{'type': 'LoadImageFromFile'}, {'type': 'PackInputs'}],
        },
        'sampler': {'type': 'DefaultSampler', 'shuffle': False},
    }
    runner = Runner(
        model={
            'type': 'ImageClassifier',
            'backbone': {
                'type': 'ResNet_CIFAR',
                'depth': 18,
                'base_channels': 2,
                'stem_channels': 2,
            },
            'neck': {'type': 'GlobalAveragePooling'},
            'head': {'type': 'LinearClsHead', 'num_classes': 2, 'in_channels': 16},
        },
        work_dir=str(work_dir),
        train_dataloader=loader,
        val_dataloader=loader,
        val_evaluator={'type': 'Accuracy'},
        train_cfg={'by_epoch': True, 'max_epochs': 2},
        val_cfg={},
        optim_wrapper={
            'type': 'OptimWrapper',
            'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9},
        },
        param_scheduler=[
            {'type': 'LinearLR', 'start_factor': 0.1, 'by_epoch': False, 'end': 2},
            {'type': 'CosineAnnealingLR', 'T_max': 2},
        ],
        default_hooks={
            'checkpoint': {
                'type': 'CheckpointHook',
                'interval': 1,
                'save_best': 'accuracy/top1',
            }
        },
        custom_hooks=[{'type': 'EMAHook'}, LossScaler()],
        default_scope='mmpretrain',
        experiment_name=work_dir.name,
    )
    # What a hook or metric of the user's may leave in the message hub.
    runner.message_hub.update_info('score', np.float32(0.25))
    runner.message_hub.update_info('flag', np.bool_(True))
    runner.train()
    return work_dir / 'epoch_2.pth'


@needs_allow_list
def test_a_real_checkpoint_loads_only_with_the_package(tmp_path):
    path = str(make_checkpoint(tmp_path))
    loaded = CheckpointLoader.load_checkpoint(path, map_location='cpu')
    assert loaded['message_hub']['runtime_info']['best_score'] >= 0
    assert 'ema_state_dict' in loaded
    assert 'loss_scaler' in loaded['optimizer']
    assert len(loaded['param_schedulers']) == 2
    hub = torch.load(path, weights_only=True)['message_hub']
    assert hub['runtime_info']['epoch'] == 1
    assert hub['runtime_info']['score'] == 0.25
    assert hub['runtime_info']['flag']
    history = hub['log_scalars']['train/loss']
    assert len(history.data[0]) == 4
    assert history.statistics('mean') == history.data[0].mean()

    def load_without_the_package():
        torch.serialization.clear_safe_globals()
        torch.load(path)

    (refused,) = forked(load_without_the_package)
    assert refused.returncode == 1
    assert 'Unsupported global' in refused.stderr


class Call:
    """Pickles as a call of ``function`` with ``args``."""

    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


def attacks(canary: Path) -> dict:
    touch = f'touch {canary}'
    return {
        'os.system': Call(os.system, touch),
        'eval': Call(eval, f'open({str(canary)!r}, "w")'),
        'getattr of a module': Call(getattr, Call(__import__, 'os'), 'system'),
        'constructor': Call(getattr, HistoryBuffer, '__init__'),
        'globals of a method': Call(
            getattr, Call(getattr, HistoryBuffer, 'mean'), '__globals__'
        ),
        'class registry': Call(getattr, HistoryBuffer, '_statistics_methods'),
        'subclasses': Call(getattr, HistoryBuffer, '__subclasses__'),
        'getattr of getattr': Call(getattr, getattr, '__self__'),
        'getattr with default': Call(getattr, HistoryBuffer, 'mean', os.system),
        'object array by pickle': np.array([Call(os.system, touch)], dtype=object),
        'structured type': np.zeros(1, dtype=[('a', 'f8')]),
    }


@needs_allow_list
@pytest.mark.parametrize('attack', list(attacks(Path('x'))))
def test_a_malicious_checkpoint_is_refused(tmp_path, attack):
    import nl_plugins  # noqa: F401

    canary = tmp_path / 'executed'
    path = tmp_path / 'attack.pth'
    torch.save({'state_dict': attacks(canary)[attack]}, path)
    with pytest.raises((pickle.UnpicklingError, ValueError, TypeError)):
        torch.load(path)
    assert not canary.exists()


@needs_allow_list
def test_a_statistic_cannot_be_called_from_a_checkpoint(tmp_path):
    import nl_plugins  # noqa: F401

    buffer = b'cmmengine.logging.history_buffer\nHistoryBuffer\n'
    mean = b'cbuiltins\ngetattr\n' + buffer + b'X\x04\x00\x00\x00mean\x86R'
    path = tmp_path / 'call.pth'
    torch.save({}, path)
    with zipfile.ZipFile(path) as saved:
        entries = {name: saved.read(name) for name in saved.namelist()}
    for pickled, refused in ((mean + b'.', False), (mean + buffer + b'\x85R.', True)):
        with zipfile.ZipFile(path, 'w') as archive:
            for name, data in entries.items():
                is_pickle = name.endswith('data.pkl')
                archive.writestr(name, b'\x80\x02' + pickled if is_pickle else data)
        if refused:
            with pytest.raises(pickle.UnpicklingError, match='unrecognized function'):
                torch.load(path)
        else:
            assert torch.load(path) is HistoryBuffer.mean


@pytest.mark.parametrize('name', STATISTICS)
def test_the_statistics_resolve(name):
    assert history_statistic(HistoryBuffer, name) is getattr(HistoryBuffer, name)


@pytest.mark.parametrize(
    ('owner', 'name'),
    [
        (os, 'system'),
        (HistoryBuffer, '__init__'),
        (HistoryBuffer, '__globals__'),
        (HistoryBuffer([], []), 'mean'),
        (HistoryBuffer.mean, '__globals__'),
    ],
)
def test_anything_else_is_refused(owner, name):
    with pytest.raises(ValueError, match='refused'):
        history_statistic(owner, name)


@needs_allow_list
def test_names_of_both_numpy_generations_are_known():
    names = {name for _, name in checkpoint_globals()}
    for module in ('numpy.core.multiarray', 'numpy._core.multiarray'):
        assert {f'{module}.scalar', f'{module}._reconstruct'} <= names


def test_nothing_happens_before_torch_2_6(monkeypatch):
    monkeypatch.setattr(torch, '__version__', '2.1.2+cpu')
    monkeypatch.delattr(torch.serialization, 'add_safe_globals', raising=False)
    checkpoint_compat.allow_mmengine_checkpoints()
