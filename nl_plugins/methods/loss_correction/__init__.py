"""Forward and backward correction of a loss (Patrini et al.; CVPR 2017)."""

from . import transition_hook
