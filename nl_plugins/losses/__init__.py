"""Losses that belong to no single method, registered in ``MODELS`` on import."""

from . import (
    active_passive_loss,
    backward_corrected_loss,
    bootstrap_loss,
    consistency_loss,
    forward_corrected_loss,
    generalized_cross_entropy_loss,
    learned_transition_loss,
    mean_absolute_error_loss,
    normalized_focal_loss,
    reverse_cross_entropy_loss,
    savage_loss,
    sigmoid_loss,
    symmetric_cross_entropy_loss,
    unhinged_loss,
)
