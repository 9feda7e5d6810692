"""The papers' equations as pure functions of tensors.

Nothing here knows of a registry, a runner or a file.
"""

from .correction import correct_labels, prototype_scores
from .corruption import corrupt_labels
from .density import nearest_denser_similarity, sample_density
from .density_peaks import select_prototypes_euclidean
from .density_threshold import choose_density_quantiles
from .distances import consistency
from .kmeans import kmeans_prototypes
from .label_accuracy import given_label_accuracy, labeller_accuracy
from .label_trust import LabelTrust, correction_trust
from .prototypes import select_prototypes
from .quality import label_quality
from .ramps import ramp_down, ramp_up
from .selection import select_confident, select_highest
from .transitions import asymmetric_noise, symmetric_noise

__all__ = [
    'LabelTrust',
    'asymmetric_noise',
    'choose_density_quantiles',
    'consistency',
    'correct_labels',
    'correction_trust',
    'corrupt_labels',
    'given_label_accuracy',
    'kmeans_prototypes',
    'label_quality',
    'labeller_accuracy',
    'nearest_denser_similarity',
    'prototype_scores',
    'ramp_down',
    'ramp_up',
    'sample_density',
    'select_confident',
    'select_highest',
    'select_prototypes',
    'select_prototypes_euclidean',
    'symmetric_noise',
]
