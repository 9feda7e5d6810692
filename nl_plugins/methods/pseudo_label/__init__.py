"""Pseudo-label (Lee; ICML workshop 2013)."""

from . import pseudo_label
