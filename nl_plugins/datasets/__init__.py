"""Datasets, registered in MMPretrain's ``DATASETS`` on import."""

from .digits import Digits
from .noisy_labels import NoisyLabels

__all__ = ['Digits', 'NoisyLabels']
