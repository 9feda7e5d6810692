"""Label propagation (Zhu & Ghahramani; technical report 2002)."""

from . import label_propagation_hook
