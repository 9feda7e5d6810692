import pytest
import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS


def test_the_papers_network_by_default():
    net = MODELS.build(dict(type='FullyConnected'))
    shapes = [tuple(p.shape) for p in net.parameters()]
    assert shapes == [(128, 784), (128,), (128, 128), (128,)]
    assert net(torch.zeros(2, 1, 28, 28))[-1].shape == (2, 128)


def test_equals_the_layers_written_out():
    net = MODELS.build(
        dict(type='FullyConnected', in_channels=12, hidden_channels=[5, 4, 3])
    )
    net.eval()
    x = torch.randn(6, 3, 2, 2)
    want = x.reshape(6, 12)
    for linear, _, _ in net.layers:
        want = F.relu(want @ linear.weight.T + linear.bias)
    torch.testing.assert_close(net(x), (want,))


def test_dropout_in_training_only():
    net = MODELS.build(dict(type='FullyConnected', in_channels=4, dropout=0.5))
    x = torch.ones(3, 4)
    assert not torch.equal(net(x)[0], net(x)[0])
    net.eval()
    assert torch.equal(net(x)[0], net(x)[0])


def test_wrong_input_size():
    net = MODELS.build(dict(type='FullyConnected'))
    with pytest.raises(ValueError, match='1024 values, but in_channels=784'):
        net(torch.zeros(1, 1, 32, 32))
