"""Checkpoints in a process that has MMPretrain, but does not import this package."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

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
import functools, json, sys, traceback
import torch
from mmpretrain.models import build_classifier
from mmengine.config import Config
from mmengine.runner import load_checkpoint

load = torch.load

def predict(config, checkpoint, full, strict):
    # full: what torch < 2.6 does; MMEngine's own checkpoints need it
    torch.load = functools.partial(load, weights_only=False) if full else load
    model = build_classifier(Config.fromfile(config).model)
    load_checkpoint(model, checkpoint, map_location='cpu', strict=strict)
    assert not any(name.startswith('nl_plugins') for name in sys.modules)
    torch.manual_seed(0)
    images = torch.randn(2, 3, 32, 32)
    return model.eval()(images, mode='tensor').softmax(1).flatten().tolist()

for line in sys.stdin:
    try:
        answer = predict(*json.loads(line))
    except Exception:
        answer = traceback.format_exc()
    print('\\nanswer', json.dumps(answer), flush=True)
"""


@functools.cache
def stock_process() -> subprocess.Popen:
    """The process: one for all tests, as its imports take longer than they do."""
    return subprocess.Popen(
        [sys.executable, '-W', 'ignore', '-c', SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd='/',
        env={k: v for k, v in os.environ.items() if k != 'PYTHONPATH'},
        text=True,
    )


def predict_in_stock(*arguments) -> list[float]:
    """What ``predict`` of SCRIPT returns there."""
    process = stock_process()
    timer = Timer(180, process.kill)
    timer.start()
    print(json.dumps(arguments), file=process.stdin, flush=True)
    line = next((line for line in process.stdout if line.startswith('answer ')), '')
    timer.cancel()
    assert line, 'the process has died'
    answer = json.loads(line.removeprefix('answer '))
    assert isinstance(answer, list), answer
    return answer


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
    got = predict_in_stock(str(config), str(checkpoint), full, strict)
    assert torch.allclose(torch.tensor(got), logits.softmax(1).flatten(), atol=1e-5)
