from copy import deepcopy

import pytest
import torch
from mmpretrain.models.backbones.resnet import BasicBlock
from mmpretrain.registry import MODELS
from torch import nn


def build(**kwargs):
    return MODELS.build(dict(type='ThinResNet_CIFAR', **kwargs))


@pytest.mark.parametrize('depth', [14, 20, 32])
def test_depth_counts_convolutions_and_the_classifier(depth):
    net = build(depth=depth)
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    main = [m for m in convolutions if m.kernel_size == (3, 3)]
    assert len(main) + 1 == depth
    assert sorted({m.out_channels for m in main}) == [16, 32, 64]
    net.init_weights()
    assert net(torch.randn(2, 3, 32, 32))[-1].shape == (2, 64, 8, 8)


def test_number_of_parameters_by_hand():
    def convolution(a, b, k=3):
        return a * b * k * k + 2 * b  # with batch norm

    blocks = [(16, 16), (16, 16), (16, 32), (32, 32), (32, 64), (64, 64)]
    want = convolution(3, 16) + convolution(16, 32, 1) + convolution(32, 64, 1)
    want += sum(convolution(a, b) + convolution(b, b) for a, b in blocks)
    assert sum(p.numel() for p in build().parameters()) == want


def test_without_dropout_a_block_is_the_hosts():
    block = build().layer2[0].eval()
    host = BasicBlock(16, 32, stride=2, downsample=block.downsample)
    host.load_state_dict(block.state_dict())
    x = torch.randn(2, 16, 8, 8)
    torch.testing.assert_close(block(x), host.eval()(x))


def test_dropout_sits_between_the_convolutions():
    block = build(dropout=0.5).layer1[0]
    seen = []
    block.conv2.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    block(torch.rand(4, 16, 8, 8))
    block.eval()(torch.rand(4, 16, 8, 8))
    zeros = [float((x == 0).double().mean()) for x in seen]
    assert zeros[0] > zeros[1] + 0.1
    assert build().layer1[0].dropout.p == 0.0


def test_a_copy_has_a_dropout_of_its_own():
    block = build(dropout=0.5).layer1[0].eval()
    copy = deepcopy(block).train()
    ones = torch.ones(4, 16, 8, 8)
    assert torch.equal(block._drop(block.conv2, (ones,)), ones)
    assert (copy.conv2._forward_pre_hooks.popitem()[1](copy.conv2, (ones,)) == 0).any()


def gradient_and_saved_floats(with_cp):
    torch.manual_seed(0)
    net = build(dropout=0.5, with_cp=with_cp)
    images = torch.randn(2, 3, 32, 32, requires_grad=True)
    saved = []

    def keep(x):
        saved.append(x.numel())
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        loss = net(images)[-1].square().mean()
    loss.backward()
    return net.conv1.weight.grad, sum(saved)


def test_checkpointing_saves_activations_and_changes_nothing():
    want, plain = gradient_and_saved_floats(with_cp=False)
    got, saved = gradient_and_saved_floats(with_cp=True)
    torch.testing.assert_close(got, want)
    assert saved < plain / 2


def test_unknown_depth():
    with pytest.raises(KeyError, match='18'):
        build(depth=18)
