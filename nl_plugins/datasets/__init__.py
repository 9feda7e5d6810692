"""Datasets, registered in MMPretrain's ``DATASETS`` on import."""

from .clothing1m import Clothing1M
from .column_dataset import ColumnDataset
from .digits import Digits
from .food101n import Food101N
from .noisy_labels import NoisyLabels
from .sample_columns import SampleColumns
from .string_column import StringColumn

__all__ = [
    'Clothing1M',
    'ColumnDataset',
    'Digits',
    'Food101N',
    'NoisyLabels',
    'SampleColumns',
    'StringColumn',
]
