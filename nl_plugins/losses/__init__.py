"""Losses that belong to no single method, registered in ``MODELS`` on import."""

from . import consistency_loss
