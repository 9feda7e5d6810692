"""A noise layer's checkpoint serves stock MMPretrain as an ordinary classifier."""

import os
import subprocess
import sys

import pytest
import torch
from noise_layer_toy import clean_and_noisy, noise_layer_model
from toy import build, tiny_model

STOCK = """
import functools, sys
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from mmpretrain.models import build_classifier
if {full}:  # what torch < 2.6 does; MMEngine's own checkpoints need it
    torch.load = functools.partial(torch.load, weights_only=False)
model = build_classifier(Config.fromfile({config!r}).model)
load_checkpoint(model, {checkpoint!r}, map_location='cpu')  # as stock tools call it
assert not any(name.startswith('nl_plugins') for name in sys.modules)
state = torch.load({checkpoint!r}, map_location='cpu')['state_dict']
missing, unexpected = model.load_state_dict(state, strict=False)
assert not missing, missing
others = ('type_network.', 'noise_layer.')
assert unexpected and all(key.startswith(others) for key in unexpected), unexpected
torch.manual_seed(0)
probs = model.eval()(torch.randn(2, 3, 32, 32), mode='tensor').softmax(1)
print(','.join(f'{{p:.6f}}' for p in probs.flatten().tolist()))
"""
RESNET = dict(type='ResNet_CIFAR', depth=18, stem_channels=4, base_channels=4)
NECK = dict(type='GlobalAveragePooling')
HEAD = dict(tiny_model()['head'], in_channels=32)


@pytest.mark.parametrize('full', [False, True], ids=['published', 'full'])
def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path, full):
    network = dict(backbone=RESNET, neck=NECK)
    types = dict(network, head=dict(HEAD, num_classes=3))
    checkpoints = dict(
        type='CheckpointHook',
        interval=1,
        save_best='accuracy/top1',
        published_keys=['meta', 'state_dict'],
    )
    runner = build(
        tmp_path,
        [dict(type='NoiseLayerHook', phases=dict(joint=1))],
        noise_layer_model(**network, head=HEAD, type_network=types),
        train_dataloader=clean_and_noisy(),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=1),
        default_hooks=dict(checkpoint=checkpoints),
    )
    runner.train()
    torch.manual_seed(0)
    inputs = torch.randn(2, 3, 32, 32)
    runner.model.eval()
    with torch.no_grad():
        want = runner.model(inputs, mode='tensor').softmax(1).flatten()
    published = list(tmp_path.glob('best_*-*.pth'))
    checkpoint = tmp_path / 'epoch_1.pth' if full else published[0]
    config = tmp_path / 'stock.py'
    model = dict(network, head=HEAD, type='ImageClassifier')
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


def test_an_ordinary_checkpoint_starts_the_noise_layer(tmp_path):
    """The paper's rows 5 and 6 start from model 2."""
    ordinary = build(tmp_path / 'ordinary', [], train_dataloader=clean_and_noisy())
    ordinary.train()
    runner = build(
        tmp_path / 'layer',
        [dict(type='NoiseLayerHook', phases=dict(types=1))],
        noise_layer_model(),
        train_dataloader=clean_and_noisy(),
        load_from=str(tmp_path / 'ordinary' / 'epoch_2.pth'),
    )
    runner.train()
    trained = runner.model.state_dict()
    for name, value in ordinary.model.state_dict().items():
        assert torch.equal(trained[name], value), name
