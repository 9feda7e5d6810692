"""Figures about labels, and a metric on some of them."""

from .label_report import label_accuracy, label_report, wrong_label_detection
from .selected_accuracy import SelectedAccuracy
from .selection_report import selection_report
from .weight_report import weight_report, wrong_label_auc

__all__ = [
    'SelectedAccuracy',
    'label_accuracy',
    'label_report',
    'selection_report',
    'weight_report',
    'wrong_label_auc',
    'wrong_label_detection',
]
