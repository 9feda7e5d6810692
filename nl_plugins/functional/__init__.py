"""The papers' equations as pure functions of tensors.

Nothing here knows of a registry, a runner or a file.
"""

from .correction import correct_labels, prototype_scores
from .corruption import corrupt_labels
from .density import nearest_denser_similarity, sample_density
from .density_peaks import select_prototypes_euclidean
from .kmeans import kmeans_prototypes
from .prototypes import select_prototypes
from .quality import label_quality
from .transitions import asymmetric_noise, symmetric_noise

__all__ = [
    'asymmetric_noise',
    'correct_labels',
    'corrupt_labels',
    'kmeans_prototypes',
    'label_quality',
    'nearest_denser_similarity',
    'prototype_scores',
    'sample_density',
    'select_prototypes',
    'select_prototypes_euclidean',
    'symmetric_noise',
]
