"""The mechanism that all methods share: walk, per-sample table, targets."""

from . import multi_view_preprocessor
