"""Figures about labels, and metrics on some of them."""

from .detection_error_metric import DetectionError
from .label_report import label_accuracy, label_report, wrong_label_detection
from .relevance_report import relevance_report
from .selected_accuracy import SelectedAccuracy
from .selection_report import selection_report
from .verification_split import VerificationSplit, split_verification

__all__ = [
    'DetectionError',
    'SelectedAccuracy',
    'VerificationSplit',
    'label_accuracy',
    'label_report',
    'relevance_report',
    'selection_report',
    'split_verification',
    'wrong_label_detection',
]
