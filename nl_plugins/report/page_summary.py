"""The figures that stand on the first page of a report."""

from typing import Any

import numpy as np

from ..visualization.text import shown_names, visible_text
from .label_report import LabelReport
from .noise_rate import NoiseRate
from .thumbnail_sheets import Sheets

__all__ = ['summarise']

_LISTED = 1000  # unreadable images with their reasons


def summarise(report: LabelReport, sheets: Sheets) -> dict[str, Any]:
    """What the template shows: texts that are safe to read, and numbers."""
    problems = sorted(sheets.problems.items())
    return dict(
        title=visible_text(report.title),
        method=visible_text(report.method),
        size=len(report),
        num_suspicious=int(report.suspicious.sum()),
        num_differ=int((report.given_labels != report.suggested_labels).sum()),
        num_verified=int((report.verification >= 0).sum()),
        noise_rate=_bar(report.noise_rate),
        class_rates=bool(report.class_noise_rates),
        noise_source=visible_text(report.noise_source),
        classes=_classes(report),
        detection=_detection(report),
        problems=[
            (row, visible_text(report.paths[row]), reason)
            for row, reason in problems[:_LISTED]
        ],
        num_problems=len(problems),
    )


def _classes(report: LabelReport) -> list[dict[str, Any]]:
    """A row for each class, the noisiest first (by the estimate, if there is one)."""
    count = len(report.class_names)
    sizes = np.bincount(report.given_labels, minlength=count)
    suspicious = report.given_labels[report.suspicious]
    found = np.bincount(suspicious, minlength=count)
    rows = [
        dict(
            label=label,
            name=name,
            size=int(sizes[label]),
            suspicious=int(found[label]),
            share=float(found[label] / max(1, sizes[label])),
            noise=_bar(report.class_noise_rates.get(label)),
        )
        for label, name in enumerate(shown_names(report.class_names))
    ]
    return sorted(rows, key=lambda row: -_height(row))


def _height(row: dict[str, Any]) -> float:
    return row['noise']['rate'] if row['noise'] else row['share']


def _bar(noise: NoiseRate | None) -> dict[str, Any] | None:
    return None if noise is None else dict(vars(noise), text=str(noise))


def _detection(report: LabelReport) -> dict[str, int] | None:
    """How many of the suspicious labels are wrong, where that is known."""
    known = report.true_labels >= 0
    if not known.any():
        return None
    wrong = known & (report.true_labels != report.given_labels)
    return dict(
        known=int(known.sum()),
        wrong=int(wrong.sum()),
        called=int((known & report.suspicious).sum()),
        hits=int((wrong & report.suspicious).sum()),
    )
