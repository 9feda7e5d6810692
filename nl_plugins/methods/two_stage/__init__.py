"""The two-stage method (Ding et al.; WACV 2018): select labels, then Pi-model."""

from . import (
    gaussian_noise,
    label_selection_hook,
    mean_teacher,
    pi_consistency,
    pi_model_classifier,
    selected_accuracy,
    temporal_ensembling,
)
