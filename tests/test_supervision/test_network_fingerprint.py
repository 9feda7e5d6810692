"""What feature files and checkpoints know a network by."""

import torch
from torch import nn

from nl_plugins.supervision.network_fingerprint import network_fingerprint


def network():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2),
        nn.BatchNorm2d(2),
        nn.GroupNorm(1, 2),
        nn.ReLU6(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2, 3),
        nn.LayerNorm(3),
        nn.GELU(),
        nn.Dropout(0.1),
    )
    for value in model.state_dict().values():
        if value.is_floating_point():
            value.copy_(torch.arange(value.numel()).view_as(value) / 8)
    return model


def test_it_is_the_same_with_every_torch():
    """torch 2.14 tells more of a BatchNorm2d than 2.11: files would be refused."""
    expected = 'f3604a3b1b3a54471f5ebb85df5e05810e61f627a26d0e5b154a9e6d46eb5fa7'
    assert network_fingerprint(network()) == expected


def test_settings_without_weights_count():
    known = network_fingerprint(network())
    changed = network()
    changed[0].stride = (1, 1)
    assert network_fingerprint(changed) != known
    changed = network()
    changed[1].eps = 1e-3
    assert network_fingerprint(changed) != known
