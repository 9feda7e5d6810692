"""The samples of a report as compact JavaScript, for a page opened from disk."""

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from ..formats.label_file import RECOMMENDATIONS
from ..visualization.text import shown_names, visible_text
from .label_report import LabelReport
from .thumbnail_sheets import GUTTER, SIDE, Sheets

__all__ = ['packed', 'page_data', 'script']

_TYPES: Any = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32)


def page_data(report: LabelReport, sheets: Sheets, out: Path) -> dict[str, Any]:
    """What the page's scripts need of N samples.

    Names are given twice: as they are, for the exported file, and, where that is not
    safe to show (control characters, which may turn text around), escaped.
    """
    words = {word: number for number, word in enumerate(RECOMMENDATIONS)}
    advice = np.array([words[word] for word in report.recommended])
    known = report.true_labels
    return dict(
        key=report.key,
        size=len(report),
        classes=list(map(str, report.class_names)),
        shownClasses=shown_names(report.class_names),
        words=RECOMMENDATIONS,
        paths=list(report.paths),
        shownPaths=_odd_names(report.paths),
        originals=originals(report.folder, out),
        given=packed(report.given_labels),
        suggested=packed(report.suggested_labels),
        scores=packed(report.scores.astype(np.float32)),
        recommended=packed(advice),
        suspicious=packed(report.suspicious.astype(np.uint8)),
        weights=_known(report.weights.astype(np.float32), report.weights != 1),
        verification=_known(report.verification, report.verification >= 0),
        trueLabels=_known(known, known >= 0),
        nearest=packed(report.nearest.ravel()),
        numNearest=report.nearest.shape[1],
        places=packed(sheets.places),
        sizes=packed(sheets.sizes.ravel()),
        cells=sheets.cells,
        side=SIDE,
        gutter=GUTTER,
        curves={visible_text(name): list(c) for name, c in report.curves.items()},
    )


def script(name: str, content: Any) -> str:
    """``const name = content;``, with nothing in it that ends a script or a line."""
    text = json.dumps(content, allow_nan=False, separators=(',', ':'))
    return f"'use strict';\nconst {name} = {text.replace('<', chr(92) + 'u003c')};\n"


def packed(values: np.ndarray) -> dict[str, str]:
    """Numbers in the smallest type that holds them, as base64, in little-endian order.

    >>> packed(np.array([0, 1, 300]))
    {'type': 'Uint16', 'data': 'AAABACwB'}
    """
    if values.dtype.kind in 'iu':
        low, high = (values.min(), values.max()) if values.size else (0, 0)
        limits = map(np.iinfo, _TYPES)
        fitting = (t.dtype for t in limits if t.min <= low and high <= t.max)
        values = values.astype(next(fitting))
    kind = {'f': 'Float', 'i': 'Int', 'u': 'Uint'}[values.dtype.kind]
    content = values.astype(values.dtype.newbyteorder('<')).tobytes()
    name = f'{kind}{8 * values.dtype.itemsize}'
    return dict(type=name, data=base64.b64encode(content).decode())


def originals(folder: str | None, out: Path) -> str | None:
    """The address, from the page, of what stands before the paths of the images."""
    if folder is None or '://' in folder:
        return None
    # the end of the folder may be the beginning of a name
    parent, beginning = os.path.split(folder)
    try:
        there = os.path.realpath(parent or '.')
        relative = os.path.relpath(there, os.path.realpath(out))
    except ValueError:  # another drive of Windows
        return None
    address = quote(os.fsencode(Path(relative).as_posix()))
    return f'{address}/{quote(os.fsencode(beginning))}'


def _odd_names(names: Sequence[str]) -> dict[int, str]:
    """Names that must not be shown as they are, by their number."""
    odd = ((number, str(name)) for number, name in enumerate(names))
    return {n: visible_text(name) for n, name in odd if not name.isprintable()}


def _known(values: np.ndarray, known: np.ndarray) -> dict[str, str] | None:
    return packed(values) if known.any() else None
