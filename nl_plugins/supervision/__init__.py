"""The mechanism that all methods share: walk, per-sample table, targets, terms."""

from . import multi_view_preprocessor, noisy_label_classifier, terms_hook
