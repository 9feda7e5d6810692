"""Losses, registered in MMPretrain's ``MODELS`` on import."""

from .relevance_loss import RelevanceLoss

__all__ = ['RelevanceLoss']
