"""Checkpoints in a process that has MMPretrain, but does not import this package."""

import os
import subprocess
import sys
from pathlib import Path

import torch
from toy import tiny_model

# A network of stock parts, for images of 32 x 32.
STOCK_MODEL = dict(
    type='ImageClassifier',
    backbone=dict(type='ResNet_CIFAR', depth=18, stem_channels=4, base_channels=4),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(tiny_model()['head'], in_channels=32),
)

SCRIPT = """
import functools, sys
import torch
from mmpretrain.models import build_classifier
from mmengine.config import Config
from mmengine.runner import load_checkpoint
config, checkpoint, full, strict = sys.argv[1:]
if full == 'True':  # what torch < 2.6 does; MMEngine's own checkpoints need it
    torch.load = functools.partial(torch.load, weights_only=False)
model = build_classifier(Config.fromfile(config).model)
load_checkpoint(model, checkpoint, map_location='cpu', strict=strict == 'True')
assert not any(name.startswith('nl_plugins') for name in sys.modules)
torch.manual_seed(0)
probs = model.eval()(torch.randn(2, 3, 32, 32), mode='tensor').softmax(1)
print(','.join(f'{p:.6f}' for p in probs.flatten().tolist()))
"""


def assert_predicts_in_stock(
    trained: torch.nn.Module, checkpoint: Path, full: bool = True, strict: bool = True
) -> None:
    """A STOCK_MODEL with the checkpoint predicts what the trained model does.

    Args:
        trained: The model that the checkpoint was saved of.
        checkpoint: The file.
        full: Whether it holds more than published checkpoints do.
        strict: Whether it has the parameters of STOCK_MODEL and no others.
    """
    trained.eval()
    torch.manual_seed(0)
    with torch.no_grad():
        logits = trained(torch.randn(2, 3, 32, 32), mode='tensor')
    config = checkpoint.with_name('stock.py')
    config.write_text(f'model = {STOCK_MODEL!r}\n')
    arguments = map(str, (config, checkpoint, full, strict))
    done = subprocess.run(
        [sys.executable, '-c', SCRIPT, *arguments],
        capture_output=True,
        cwd=checkpoint.parent,
        env={k: v for k, v in os.environ.items() if k != 'PYTHONPATH'},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    got = [float(p) for p in done.stdout.decode().split()[-1].split(',')]
    assert torch.allclose(torch.tensor(got), logits.softmax(1).flatten(), atol=1e-5)
