"""Trainable modules, registered in MMPretrain's ``MODELS`` on import."""

from .bottom_up_head import BottomUpHead
from .cleannet import CleanNet
from .consistency_loss import ConsistencyLoss
from .fully_connected import FullyConnected
from .gaussian_noise import GaussianNoise
from .label_lstm import LabelLSTM
from .multi_view_preprocessor import MultiViewDataPreprocessor
from .noise_layer_classifier import NoiseLayerClassifier
from .noise_layer_head import NoiseLayerHead
from .pi_model_classifier import PiModelClassifier
from .pretrained_alexnet import PretrainedAlexNet
from .relevance_loss import RelevanceLoss
from .thin_resnet import ThinResNet_CIFAR

__all__ = [
    'BottomUpHead',
    'CleanNet',
    'ConsistencyLoss',
    'FullyConnected',
    'GaussianNoise',
    'LabelLSTM',
    'MultiViewDataPreprocessor',
    'NoiseLayerClassifier',
    'NoiseLayerHead',
    'PiModelClassifier',
    'PretrainedAlexNet',
    'RelevanceLoss',
    'ThinResNet_CIFAR',
]
