"""Backbones that belong to no single method, registered in ``MODELS`` on import."""

from . import fully_connected, pretrained_alexnet, thin_resnet
