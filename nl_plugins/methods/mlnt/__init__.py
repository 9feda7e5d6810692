"""Meta-learning of noise tolerance (Li et al.; CVPR 2019)."""

from . import mlnt
