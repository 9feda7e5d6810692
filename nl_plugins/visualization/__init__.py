"""Pictures of the noise and of the training."""

from .accuracy_curves import plot_accuracy_curves
from .density_similarity import plot_density_similarity
from .label_confusion import plot_label_confusion
from .noise_predictions import plot_noise_predictions
from .rank_precision import plot_rank_precision
from .suspicious_images import plot_suspicious_images

__all__ = [
    'plot_accuracy_curves',
    'plot_density_similarity',
    'plot_label_confusion',
    'plot_noise_predictions',
    'plot_rank_precision',
    'plot_suspicious_images',
]
