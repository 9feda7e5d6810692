"""The table of detection errors (Lee et al. 2018, Table 2)."""

import importlib.util
import time
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from mmengine.logging import print_log

from ..formats.markdown_table import markdown_table
from . import one_class_detectors as one_class
from . import unsupervised_detectors as unsupervised
from .supervised_detectors import SUPERVISED, detect_by_class
from .task import DetectionTask

__all__ = [
    'agreement_table', 'best_detector', 'compare_detectors', 'detection_table',
    'detectors', 'held_out_table',
]  # fmt: skip

Row = dict
Detector = Callable[[DetectionTask], np.ndarray]
CONFIDENT_LEARNING = 'confident learning'
ONE_CLASS = 'one-class SVM', 'UOCL'
OF_ALL_CLASSES = ' (labels of all classes)'


def has_cleanlab() -> bool:
    """Whether cleanlab is installed."""
    return importlib.util.find_spec('cleanlab') is not None


def detectors() -> dict[str, Detector]:
    """The detectors by name; confident learning needs cleanlab."""
    found: dict[str, Detector] = {'naive': unsupervised.naive}
    for name, (method, settings) in SUPERVISED.items():
        found[name] = partial(detect_by_class, method=method, settings=settings)
    found['classification filtering'] = unsupervised.classification_filtering
    found['DRAE'] = unsupervised.drae
    found |= dict(zip(ONE_CLASS, (one_class.one_class_svm, one_class.uocl)))
    found['average'] = unsupervised.average
    if has_cleanlab():
        found[CONFIDENT_LEARNING] = unsupervised.confident_learning
    return found


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
        in some judged class), its ``standard_error``, ``class_errors`` and ``seconds``
        (None if not run here). Those that learn from verification labels are not there
        without any.
    """
    rows = {name: _row(task, relevant, None) for name, relevant in given.items()}
    suffix = '' if fully_verified is None else OF_ALL_CLASSES
    teacher = fully_verified or task
    for name, detect in detectors().items():
        learns = name in SUPERVISED
        if learns and not teacher.is_verified:
            continue
        print_log(f'detection by {name}', logger='current')
        start = time.perf_counter()
        relevant = detect(teacher if learns else task)
        seconds = time.perf_counter() - start
        rows[name + suffix * learns] = _row(task, relevant, seconds)
    return rows


def best_detector(rows: Mapping[str, Row]) -> str | None:
    """The name of the least error; None where nothing was judged.

    One that calls all labels right, or knows what is held out, is none.

    >>> best_detector({'naive': dict(error=0.1), 'kNN': dict(error=0.2)})
    'kNN'
    """
    errors = {
        name: row['error']
        for name, row in rows.items()
        if row['error'] is not None
        and name != 'naive'
        and not name.endswith(OF_ALL_CLASSES)
    }
    return min(errors, key=lambda name: errors[name]) if errors else None


def detection_table(rows: Mapping[str, Row]) -> str:
    """The rows in Markdown, the least error first, and why figures are missing."""
    columns = ['method', 'average error rate (%)', 'standard error']
    errors = {name: row['error'] for name, row in rows.items()}
    known = {name: error for name, error in errors.items() if error is not None}
    cells = [
        [name, f'{100 * known[name]:.2f}', f'{100 * rows[name]["standard_error"]:.2f}']
        for name in sorted(known, key=lambda name: known[name])
    ]
    cells += [[name, '–', '–'] for name in errors if name not in known]
    lines = [markdown_table(columns, cells, columns[1:])]
    if len(known) < len(errors):
        why = 'a class has no verification label to learn from, or too many samples'
        lines += ['', f'–: {why}']
    if CONFIDENT_LEARNING not in rows:
        lines += ['', f'No row for {CONFIDENT_LEARNING}: cleanlab is not installed']
    return '\n'.join(lines)


def held_out_table(columns: Mapping[int, Mapping[str, Row]]) -> str:
    """Errors in Markdown by the number of classes held out (Lee et al. 2018, Fig. 5).

    >>> row = dict(error=0.1)
    >>> print(held_out_table({10: dict(average=row), 50: {}}))
    | classes held out | 10 | 50 |
    | --- | ---: | ---: |
    | average | 10.00 | – |
    """
    names = list(dict.fromkeys(name for rows in columns.values() for name in rows))
    cells = [
        [name]
        + [
            '–' if error is None else f'{100 * error:.2f}'
            for rows in columns.values()
            for error in [rows.get(name, {}).get('error')]
        ]
        for name in names
    ]
    titles = [str(count) for count in columns]
    return markdown_table(['classes held out', *titles], cells, titles)


def agreement_table(agreement: Mapping[str, Mapping[str, float]]) -> str:
    """Rank correlations in Markdown.

    >>> print(agreement_table({'a': {'a': 1.0, 'b': 0.5}, 'b': {'a': 0.5, 'b': 1.0}}))
    | rank agreement | a | b |
    | --- | ---: | ---: |
    | a | 1.00 | 0.50 |
    | b | 0.50 | 1.00 |
    """
    names = list(agreement)
    rows = [
        [name, *(f'{row[other]:.2f}' for other in names)]
        for name, row in agreement.items()
    ]
    return markdown_table(['rank agreement', *names], rows, names)


def _row(task: DetectionTask, relevant: np.ndarray, seconds: float | None) -> Row:
    row: Row = dict(error=None, standard_error=None, class_errors=None, seconds=seconds)
    if np.isnan(relevant[task.judged >= 0]).any():  # undecided
        return row
    errors = task.class_errors(np.nan_to_num(relevant.astype(float)))
    listed = [None if np.isnan(value) else value for value in errors.tolist()]
    row.update(error=float(np.nanmean(errors)), class_errors=listed)
    return row | dict(standard_error=_standard_error(task, errors))


def _standard_error(task: DetectionTask, errors: np.ndarray) -> float:
    """Of the average over the classes, each of which is a share of its judges.

    One right and one wrong decision are added to those of a class, so that few judges
    without an error do not prove that there is none.
    """
    counts = np.bincount(task.labels[task.judged >= 0], minlength=len(errors))
    judged = counts > 0
    counts = counts[judged]
    shares = (errors[judged] * counts + 1) / (counts + 2)
    return float(np.sqrt((shares * (1 - shares) / counts).sum()) / len(counts))
