"""Detectors of wrong labels, their comparison, and lists of labels to verify."""

from . import detection_error_metric
