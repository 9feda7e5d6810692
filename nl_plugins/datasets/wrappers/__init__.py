"""Views over any dataset that change or add to what is known of its samples."""

from . import clean_labels, image_dependent_noise, noisy_labels, verification_labels
