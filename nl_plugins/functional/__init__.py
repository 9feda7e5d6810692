"""The papers' equations as pure functions of tensors.

Nothing here knows of a registry, a runner or a file.
"""

from .bottom_up import bottom_up_posterior, label_confusion
from .confident_labels import confidence_totals, confident_labels, self_confidence
from .confusion import estimate_confusion, noise_types
from .consistency_scores import consistency_scores
from .correction import correct_labels, prototype_scores
from .corruption import corrupt_labels
from .density import nearest_denser_similarity, sample_density
from .density_peaks import select_prototypes_euclidean
from .density_threshold import choose_density_quantiles
from .detection import choose_threshold, class_errors, detection_error
from .distances import consistency
from .hypernym_paths import path_similarity, wordnet_similarity
from .image_noise import image_noise
from .kmeans import kmeans_prototypes
from .label_accuracy import given_label_accuracy, labeller_accuracy
from .label_graph import label_similarity
from .label_trust import LabelTrust, correction_trust
from .noise_posterior import noise_posterior
from .noise_weights import distance_weights, noise_weights, prototype_distances
from .prototypes import select_prototypes
from .quality import label_quality
from .ramps import ramp_down, ramp_up
from .rank_precision import rank_precision
from .reference_set import reference_vectors
from .relevance import relevance_loss, relevance_weights
from .selection import select_confident, select_highest
from .transitions import asymmetric_noise, symmetric_noise
from .weighted_prototypes import add_class_sums, weighted_prototypes

__all__ = [
    'LabelTrust',
    'add_class_sums',
    'asymmetric_noise',
    'bottom_up_posterior',
    'choose_density_quantiles',
    'choose_threshold',
    'class_errors',
    'confidence_totals',
    'confident_labels',
    'consistency',
    'consistency_scores',
    'correct_labels',
    'correction_trust',
    'corrupt_labels',
    'detection_error',
    'distance_weights',
    'estimate_confusion',
    'given_label_accuracy',
    'image_noise',
    'kmeans_prototypes',
    'label_confusion',
    'label_quality',
    'label_similarity',
    'labeller_accuracy',
    'nearest_denser_similarity',
    'noise_posterior',
    'noise_types',
    'noise_weights',
    'path_similarity',
    'prototype_distances',
    'prototype_scores',
    'ramp_down',
    'ramp_up',
    'rank_precision',
    'reference_vectors',
    'relevance_loss',
    'relevance_weights',
    'sample_density',
    'select_confident',
    'select_highest',
    'select_prototypes',
    'select_prototypes_euclidean',
    'self_confidence',
    'symmetric_noise',
    'weighted_prototypes',
    'wordnet_similarity',
]
