"""Trainable modules, registered in MMPretrain's ``MODELS`` on import."""

from .consistency_loss import ConsistencyLoss
from .fully_connected import FullyConnected
from .gaussian_noise import GaussianNoise
from .multi_view_preprocessor import MultiViewDataPreprocessor
from .pi_model_classifier import PiModelClassifier
from .thin_resnet import ThinResNet_CIFAR

__all__ = [
    'ConsistencyLoss',
    'FullyConnected',
    'GaussianNoise',
    'MultiViewDataPreprocessor',
    'PiModelClassifier',
    'ThinResNet_CIFAR',
]
from .bottom_up_head import BottomUpHead
from .noise_layer_classifier import NoiseLayerClassifier
from .noise_layer_head import NoiseLayerHead
from .pretrained_alexnet import PretrainedAlexNet

__all__ = [
    'BottomUpHead',
    'NoiseLayerClassifier',
    'NoiseLayerHead',
    'PretrainedAlexNet',
]
