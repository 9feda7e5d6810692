"""Figures about labels, and a metric on some of them."""

from .detection_error_metric import DetectionError
from .label_report import label_accuracy, label_report, wrong_label_detection
from .relevance_report import relevance_report
from .selected_accuracy import SelectedAccuracy
from .selection_report import selection_report
from .verification_split import VerificationSplit, split_verification
from .weight_report import weight_report, wrong_label_auc

__all__ = [
    'DetectionError',
    'SelectedAccuracy',
    'VerificationSplit',
    'label_accuracy',
    'label_report',
    'relevance_report',
    'selection_report',
    'split_verification',
    'weight_report',
    'wrong_label_auc',
    'wrong_label_detection',
]
