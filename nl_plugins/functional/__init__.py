"""The papers' equations as pure functions of tensors.

Nothing here knows of a registry, a runner or a file. Unless a docstring says otherwise:

- N is the number of samples, n that of one class, d that of features, K (C and L in
  some papers) that of classes.
- Tensors lie on any device, and the result on the same one. Half precision is computed
  and returned in float32; float64 stays. Arguments are left alone, no gradient flows.
- Ties go to the lower index.
- An argument that is not what ``Args`` says (type, shape, length, range), or that holds
  NaN or infinity, raises ``ValueError`` with its name and its value, index or shape.
- Examples begin after ``import torch`` and the import of the function from here.
"""

from .anchor_transition import anchor_transition, recovered_labels
from .class_similarity import label_similarity, path_similarity, wordnet_similarity
from .confident_labels import confidence_totals, confident_labels, self_confidence
from .confusion import estimate_confusion, noise_types
from .consistency import consistency, ramp_down, ramp_up
from .consistency_scores import consistency_scores
from .correction import class_centers, correct_labels, label_quality, prototype_scores
from .curriculum import curriculum_subsets, densest_sample
from .density import nearest_denser_similarity, sample_density
from .density_peaks import select_prototypes_euclidean
from .density_threshold import select_prototypes_auto
from .detection_error import (
    choose_threshold,
    class_errors,
    detection_error,
    rank_precision,
)
from .kmeans import kmeans_prototypes, reference_vectors
from .label_accuracy import given_label_accuracy, labeller_accuracy
from .label_donors import label_donors
from .label_posterior import label_posterior
from .label_propagation import propagate_labels
from .label_pruning import calibrated_joint, pruned_labels
from .label_trust import LabelTrust, correction_trust
from .leave_one_out import leave_one_out_scores
from .loss_mixture import small_loss_posterior
from .neighbour_votes import neighbour_votes
from .noise_model import NoiseModel, fit_noise_model
from .noise_posterior import bottom_up_posterior, label_confusion, noise_posterior
from .noise_weights import distance_weights, noise_weights
from .prototypes import select_prototypes
from .random_references import random_references
from .relevance_objective import relevance_loss, relevance_weights
from .ridge_statistics import RidgeStatistics
from .selection import select_confident, select_highest
from .self_paced import self_paced_weights
from .synthetic_noise import (
    asymmetric_noise,
    corrupt_labels,
    image_noise,
    symmetric_noise,
)
from .weighted_prototypes import add_class_sums, class_directions, weighted_prototypes

__all__ = [
    # SMP: prototypes, corrected labels, and whether to trust them
    'sample_density', 'nearest_denser_similarity', 'select_prototypes',
    'select_prototypes_auto', 'select_prototypes_euclidean', 'kmeans_prototypes',
    'class_centers', 'prototype_scores', 'correct_labels', 'label_quality',
    'LabelTrust', 'correction_trust', 'given_label_accuracy', 'labeller_accuracy',
    # Out-of-sample scores in closed form, and what they and a label say together
    'leave_one_out_scores', 'RidgeStatistics', 'neighbour_votes', 'label_posterior',
    'NoiseModel', 'fit_noise_model',
    # CleanNet, and how well wrong labels are detected
    'reference_vectors', 'random_references', 'relevance_loss', 'relevance_weights',
    'choose_threshold', 'class_errors', 'detection_error', 'rank_precision',
    # The label noise layer
    'estimate_confusion', 'noise_types', 'noise_posterior', 'bottom_up_posterior',
    'label_confusion', 'confidence_totals', 'self_confidence', 'confident_labels',
    'anchor_transition', 'recovered_labels',
    'propagate_labels',
    # The two-stage method
    'select_confident', 'select_highest', 'consistency', 'ramp_up', 'ramp_down',
    # SINet
    'wordnet_similarity', 'path_similarity', 'label_similarity', 'consistency_scores',
    'weighted_prototypes', 'add_class_sums', 'class_directions',
    'noise_weights', 'distance_weights',
    # Right and wrong labels by their losses, and by confident learning
    'small_loss_posterior', 'calibrated_joint', 'pruned_labels',
    # CurriculumNet
    'curriculum_subsets', 'densest_sample',
    # MentorNet and MLNT
    'self_paced_weights', 'label_donors',
    # Synthetic label noise
    'symmetric_noise', 'asymmetric_noise', 'corrupt_labels', 'image_noise',
]  # fmt: skip
