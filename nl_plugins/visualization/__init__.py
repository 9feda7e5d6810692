"""Pictures of the noise and of the training."""

from .accuracy_curves import plot_accuracy_curves
from .class_graph import plot_class_graph
from .density_similarity import plot_density_similarity
from .label_confusion import plot_label_confusion
from .nearest_classes import plot_nearest_classes
from .noise_predictions import plot_noise_predictions
from .rank_precision import plot_rank_precision
from .suspicious_images import plot_suspicious_images
from .weighted_images import WeightedImage, plot_weighted_images

__all__ = [
    'WeightedImage',
    'plot_accuracy_curves',
    'plot_class_graph',
    'plot_density_similarity',
    'plot_label_confusion',
    'plot_nearest_classes',
    'plot_noise_predictions',
    'plot_rank_precision',
    'plot_suspicious_images',
    'plot_weighted_images',
]
