"""The table of detection errors (Lee et al. 2018, Table 2)."""

import importlib.util
import time
from collections.abc import Mapping

import numpy as np
from mmengine.logging import print_log

from . import one_class_detectors as one_class
from . import unsupervised_detectors as unsupervised
from .supervised_detectors import SUPERVISED, detect_by_class
from .task import DetectionTask

__all__ = ['compare_detectors', 'detection_table']

Row = dict
CONFIDENT_LEARNING = 'confident learning'


def has_cleanlab() -> bool:
    """Whether cleanlab is installed."""
    return importlib.util.find_spec('cleanlab') is not None


def compare_detectors(
    task: DetectionTask,
    given: Mapping[str, np.ndarray],
    fully_verified: DetectionTask | None = None,
) -> dict[str, Row]:
    """Judge all detectors on the same samples.

    Args:
        task: What the detectors may know.
        given: Decisions of other methods, (n,) bool by name; they come first.
        fully_verified: The same with the verification labels of the held-out classes
            (Fig. 5); the supervised baselines then learn from these.

    Returns:
        By name: ``error`` (average over the classes; None if a method cannot decide
        in some judged class), ``class_errors`` and ``seconds`` (None if not run here).
        Without cleanlab, confident learning is not there.
    """
    rows = {name: _row(task, relevant, None) for name, relevant in given.items()}
    suffix = '' if fully_verified is None else ' (labels of all classes)'
    supervised = fully_verified or task
    detectors: dict[str, tuple] = {'naive': (unsupervised.naive, task)}
    for name, baseline in SUPERVISED.items():
        detectors[name + suffix] = (detect_by_class, supervised, *baseline)
    filtering = unsupervised.classification_filtering
    detectors['classification filtering'] = (filtering, task)
    detectors['DRAE'] = (unsupervised.drae, task)
    detectors['one-class SVM'] = (one_class.one_class_svm, task)
    detectors['UOCL'] = (one_class.uocl, task)
    detectors['average'] = (unsupervised.average, task)
    if has_cleanlab():
        detectors[CONFIDENT_LEARNING] = (unsupervised.confident_learning, task)
    for name, (detect, *known) in detectors.items():
        print_log(f'detection by {name}', logger='current')
        start = time.perf_counter()
        relevant = detect(*known)
        rows[name] = _row(task, relevant, time.perf_counter() - start)
    return rows


def detection_table(rows: Mapping[str, Row]) -> str:
    """The rows in Markdown, the least error first, and why figures are missing."""
    lines = ['| method | average error rate (%) |', '| --- | ---: |']
    errors = {name: row['error'] for name, row in rows.items()}
    known = {name: error for name, error in errors.items() if error is not None}
    for name in sorted(known, key=lambda name: known[name]):
        lines.append(f'| {name} | {100 * known[name]:.2f} |')
    lines += [f'| {name} | – |' for name in errors if name not in known]
    if len(known) < len(errors):
        lines += ['', '–: a judged class has no verification label to learn from']
    if CONFIDENT_LEARNING not in rows:
        lines += ['', f'No row for {CONFIDENT_LEARNING}: cleanlab is not installed']
    return '\n'.join(lines)


def _row(task: DetectionTask, relevant: np.ndarray, seconds: float | None) -> Row:
    if np.isnan(relevant[task.judged >= 0]).any():  # undecided
        return dict(error=None, class_errors=None, seconds=seconds)
    errors = task.class_errors(np.nan_to_num(relevant.astype(float)))
    listed = [None if np.isnan(value) else value for value in errors.tolist()]
    return dict(error=float(np.nanmean(errors)), class_errors=listed, seconds=seconds)
