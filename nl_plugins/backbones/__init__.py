"""Backbones that belong to no single method, registered in ``MODELS`` on import."""

from . import (
    efficientnet_lite,
    feature_vectors,
    fully_connected,
    installed_weights,
    patch_features,
    pretrained_alexnet,
    thin_resnet,
)
