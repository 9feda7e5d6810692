"""Distillation from clean labels (Li et al.; ICCV 2017)."""

from . import distillation
