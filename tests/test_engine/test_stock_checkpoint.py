"""A trained checkpoint serves stock MMPretrain, where this package is not imported."""

import os
import subprocess
import sys

import pytest
import torch
from mmengine.hooks import EMAHook
from toy import build, hook_of, loader, tiny_model, toy

STOCK = """
import sys
import torch
from mmpretrain.models import build_classifier
from mmpretrain.registry import MODELS
from mmengine.runner import load_checkpoint
from mmengine.config import Config
import functools
if {full}:  # what torch < 2.6 does; MMEngine's own checkpoints need it
    torch.load = functools.partial(torch.load, weights_only=False)
model = build_classifier(Config.fromfile({config!r}).model)
checkpoint = load_checkpoint(model, {checkpoint!r}, map_location='cpu', strict=True)
assert not any(name.startswith('nl_plugins') for name in sys.modules)
torch.manual_seed(0)
probs = model.eval()(torch.randn(2, 3, 32, 32), mode='tensor').softmax(1)
print(','.join(f'{{p:.6f}}' for p in probs.flatten().tolist()))
"""


PI = dict(type='PiModelClassifier', noise=dict(type='GaussianNoise'), consistency=None)
SELECTION = dict(type='LabelSelectionHook', start_epoch=1)
METHODS = dict(
    smp=({}, [dict(type='SMPHook', start_epoch=1, guard=True, holdout_fraction=0.4)]),
    pi_model=(PI, [SELECTION, dict(type='ConsistencyHook')]),
    ensembles=(PI, [SELECTION, dict(type='TemporalEnsemblingHook')]),
    teacher=(PI, [dict(type='EMAHook', momentum=0.1), dict(type='MeanTeacherHook')]),
)


@pytest.mark.parametrize('method', list(METHODS))
@pytest.mark.parametrize('full', [False, True], ids=['published', 'full'])
def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path, full, method):
    changes, hooks = METHODS[method]
    model = dict(
        type='ImageClassifier',
        backbone=dict(type='ResNet_CIFAR', depth=18, stem_channels=4, base_channels=4),
        neck=dict(type='GlobalAveragePooling'),
        head=dict(tiny_model()['head'], in_channels=32),
    )
    runner = build(
        tmp_path,
        hooks,
        dict(model, **changes),
        train_dataloader=loader(toy(num_samples=90)),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=1),
        default_hooks=dict(
            checkpoint=dict(
                type='CheckpointHook',
                interval=1,
                save_best='accuracy/top1',
                published_keys=['meta', 'state_dict'],
            )
        ),
    )
    runner.train()
    if method == 'teacher':  # the saved weights are the teacher's
        runner.model = hook_of(runner, EMAHook).ema_model.module
    torch.manual_seed(0)
    inputs = torch.randn(2, 3, 32, 32)
    runner.model.eval()
    with torch.no_grad():
        want = runner.model(inputs, mode='tensor').softmax(1).flatten()
    published = list(tmp_path.glob('best_*-*.pth'))
    checkpoint = tmp_path / 'epoch_1.pth' if full else published[0]
    config = tmp_path / 'stock.py'
    config.write_text(f'model = {model!r}\n')
    script = STOCK.format(full=full, config=str(config), checkpoint=str(checkpoint))
    done = subprocess.run(
        [sys.executable, '-c', script],
        capture_output=True,
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != 'PYTHONPATH'},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    got = [float(p) for p in done.stdout.decode().split()[-1].split(',')]
    assert torch.allclose(torch.tensor(got), want, atol=1e-5)
