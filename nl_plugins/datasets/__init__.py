"""What we read: datasets and samplers, registered in MMPretrain on import."""

from . import image_labels, in_memory, releases, rotate_as_label, samplers, wrappers
