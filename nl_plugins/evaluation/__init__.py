"""Figures about labels."""

from .label_report import label_accuracy, label_report, wrong_label_detection

__all__ = ['label_accuracy', 'label_report', 'wrong_label_detection']
