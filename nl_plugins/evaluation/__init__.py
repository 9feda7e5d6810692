"""Figures about labels, and a metric on some of them."""

from .detection_error_metric import DetectionError
from .label_report import label_accuracy, label_report, wrong_label_detection
from .selected_accuracy import SelectedAccuracy
from .selection_report import selection_report

__all__ = [
    'SelectedAccuracy',
    'label_accuracy',
    'label_report',
    'selection_report',
from .relevance_report import relevance_report
from .verification_split import VerificationSplit, split_verification

__all__ = [
    'DetectionError',
    'VerificationSplit',
    'label_accuracy',
    'label_report',
    'relevance_report',
    'split_verification',
    'wrong_label_detection',
]
