"""Datasets and samplers, registered in MMPretrain's registries on import."""

from .clothing1m import Clothing1M
from .column_dataset import ColumnDataset
from .digits import Digits
from .food101n import Food101N
from .image_labels import ImageLabels
from .in_memory import InMemory
from .noisy_labels import NoisyLabels
from .sample_columns import SampleColumns
from .samplers import ClassBalancedSampler, LabeledUnlabeledSampler
from .string_column import StringColumn

__all__ = [
    'ClassBalancedSampler',
    'Clothing1M',
    'ColumnDataset',
    'Digits',
    'Food101N',
    'ImageLabels',
    'InMemory',
    'LabeledUnlabeledSampler',
    'NoisyLabels',
    'SampleColumns',
    'StringColumn',
]
