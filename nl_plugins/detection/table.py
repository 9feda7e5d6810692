"""The table of detection errors (Lee et al. 2018, Table 2)."""

import time
from collections.abc import Callable, Mapping

import numpy as np

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
    report: Callable[[str], None] = lambda message: None,
) -> dict[str, Row]:
    """Judge all detectors on the same samples.

    Args:
        task: What they may know.
        given: Decisions of other methods, (n,) bool by name; they come first.
        fully_verified: The same with the verification labels of the held-out classes
            (Fig. 5); the supervised baselines then learn from these.
        report: Is told what is done.

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
        report(name)
        start = time.perf_counter()
        relevant = detect(known)
        rows[name] = _row(task, relevant, time.perf_counter() - start)
    return rows


def detection_table(rows: Mapping[str, Row]) -> str:
    """The rows in Markdown, the least error first, and why figures are missing."""
    lines = ['| method | average error rate (%) |', '| --- | ---: |']

    def error_of(item: tuple[str, Row]) -> float:
        return np.inf if item[1]['error'] is None else item[1]['error']

    for name, row in sorted(rows.items(), key=error_of):
        error = '–' if row['error'] is None else f'{100 * row["error"]:.2f}'
        lines.append(f'| {name} | {error} |')
    if any(row['error'] is None for row in rows.values()):
        lines += ['', '–: a judged class has no verification label to learn from']
    if CONFIDENT_LEARNING not in rows:
        lines += ['', f'No row for {CONFIDENT_LEARNING}: cleanlab is not installed']
    return '\n'.join(lines)


def _supervised(name: str) -> Detector:
    method, settings = SUPERVISED[name]
    return lambda task: detect_by_class(task, method, settings)


def _row(task: DetectionTask, relevant: np.ndarray, seconds: float | None) -> Row:
    undecided = np.isnan(relevant) & (task.judged >= 0)
    if undecided.any():
        return dict(error=None, class_errors=None, seconds=seconds)
    errors = task.class_errors(np.nan_to_num(relevant.astype(float)))
    error = float(np.nanmean(errors))
    listed = [None if np.isnan(value) else float(value) for value in errors]
    return dict(error=error, class_errors=listed, seconds=seconds)
