"""Samplers, registered in MMPretrain's ``DATA_SAMPLERS`` on import."""

from . import (
    class_balanced_sampler,
    class_group_sampler,
    clean_noisy_sampler,
    labeled_unlabeled_sampler,
)
