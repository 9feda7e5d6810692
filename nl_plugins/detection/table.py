"""The table of detection errors (Lee et al. 2018, Table 2)."""

import time
from collections.abc import Callable, Mapping

import numpy as np
from mmengine.logging import print_log

from .supervised import SUPERVISED, detect_by_class
from .task import DetectionTask
from .unsupervised import (
    average,
    classification_filtering,
    confident_learning,
    drae,
    has_cleanlab,
    naive,
)

__all__ = ['compare_detectors', 'detection_table']

Detector = Callable[[DetectionTask], np.ndarray]
Row = dict
CONFIDENT_LEARNING = 'confident learning'


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
    supervised = fully_verified or task
    suffix = '' if fully_verified is None else ' (labels of all classes)'
    detectors: dict[str, tuple[DetectionTask, Detector]] = {
        'naive': (task, naive),
        **{name + suffix: (supervised, _supervised(name)) for name in SUPERVISED},
        'classification filtering': (task, classification_filtering),
        'DRAE': (task, drae),
        'average': (task, average),
    }
    if has_cleanlab():
        detectors[CONFIDENT_LEARNING] = (task, confident_learning)
    for name, (known, detect) in detectors.items():
        print_log(f'detection by {name}', logger='current')
        start = time.perf_counter()
        relevant = detect(known)
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


def _supervised(name: str) -> Detector:
    method, settings = SUPERVISED[name]
    return lambda task: detect_by_class(task, method, settings)


def _row(task: DetectionTask, relevant: np.ndarray, seconds: float | None) -> Row:
    if np.isnan(relevant[task.judged >= 0]).any():  # undecided
        return dict(error=None, class_errors=None, seconds=seconds)
    errors = task.class_errors(np.nan_to_num(relevant.astype(float)))
    listed = [None if np.isnan(value) else value for value in errors.tolist()]
    return dict(error=float(np.nanmean(errors)), class_errors=listed, seconds=seconds)
