"""Pictures of the noise and of the training."""

from .accuracy_curves import plot_accuracy_curves
from .density_similarity import plot_density_similarity
from .suspicious_images import plot_suspicious_images

__all__ = [
    'plot_accuracy_curves',
    'plot_density_similarity',
    'plot_suspicious_images',
]
