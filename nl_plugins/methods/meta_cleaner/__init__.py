"""MetaCleaner (Zhang et al.; CVPR 2019)."""

from . import meta_cleaner
