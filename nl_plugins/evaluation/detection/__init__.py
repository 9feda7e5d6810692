"""Label noise detection: the baselines of CleanNet's paper and their comparison."""

from .table import compare_detectors, detection_table
from .task import DetectionTask

__all__ = ['DetectionTask', 'compare_detectors', 'detection_table']
