"""Confident learning's cleaning step (Northcutt, Jiang & Chuang; JAIR 2021)."""

from . import confident_learning_hook
