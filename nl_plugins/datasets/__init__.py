"""Datasets and samplers, registered in MMPretrain's registries on import."""

from .aliproducts import AliProducts
from .animal10n import ANIMAL10N
from .cifar10n import CIFAR10N
from .cifar100n import CIFAR100N
from .clean_labels import CleanLabels
from .clothing1m import Clothing1M
from .column_dataset import ColumnDataset
from .digits import Digits
from .food101n import Food101N
from .image_dependent_noise import ImageDependentNoise
from .image_labels import ImageLabels
from .in_memory import InMemory
from .json_texts import JsonTexts
from .noisy_labels import NoisyLabels
from .rotate_as_label import RotateAsLabel
from .sample_columns import SampleColumns
from .samplers import (
    ClassBalancedSampler,
    CleanNoisySampler,
    LabeledUnlabeledSampler,
)
from .string_column import StringColumn
from .verification_labels import VerificationLabels
from .webvision import WebVision

__all__ = [
    'ANIMAL10N',
    'CIFAR10N',
    'CIFAR100N',
    'AliProducts',
    'ClassBalancedSampler',
    'CleanLabels',
    'CleanNoisySampler',
    'Clothing1M',
    'ColumnDataset',
    'Digits',
    'Food101N',
    'ImageDependentNoise',
    'ImageLabels',
    'InMemory',
    'JsonTexts',
    'LabeledUnlabeledSampler',
    'NoisyLabels',
    'RotateAsLabel',
    'SampleColumns',
    'StringColumn',
    'VerificationLabels',
    'WebVision',
]
