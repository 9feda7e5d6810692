"""The two-stage method (Ding et al.; WACV 2018): select labels, then Pi-model."""

from . import (
    consistency_hook,
    gaussian_noise,
    label_selection_hook,
    mean_teacher_hook,
    pi_model_classifier,
    selected_accuracy,
    temporal_ensembling_hook,
)
