"""Samplers, registered in MMPretrain's ``DATA_SAMPLERS`` on import."""

from .class_balanced_sampler import ClassBalancedSampler
from .clean_noisy_sampler import CleanNoisySampler
from .labeled_unlabeled_sampler import LabeledUnlabeledSampler

__all__ = ['ClassBalancedSampler', 'CleanNoisySampler', 'LabeledUnlabeledSampler']
