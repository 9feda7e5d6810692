"""Figures about labels, and a metric on some of them."""

from .label_report import label_accuracy, label_report, wrong_label_detection
from .selected_accuracy import SelectedAccuracy
from .selection_report import selection_report

__all__ = [
    'SelectedAccuracy',
    'label_accuracy',
    'label_report',
    'selection_report',
from .relevance_report import relevance_report

__all__ = [
    'label_accuracy',
    'label_report',
    'relevance_report',
    'wrong_label_detection',
]
