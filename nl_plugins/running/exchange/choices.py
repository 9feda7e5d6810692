"""The labels that people chose in another tool."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...formats.label_file import LabelFile
from ..verified_marks import mark_words

__all__ = ['check_paths', 'with_choices']


def check_paths(file: LabelFile) -> None:
    """Refuse samples without an image file, which the other tool could not show.

    Raises:
        ValueError: Naming the first of them.
    """
    for row in [row for row, path in enumerate(file.img_paths) if not path][:1]:
        advice = 'write the images to files, and list these'
        problem = f'sample {file.indices[row]} has no image file'
        raise ValueError(f'{problem}, which this tool needs: {advice}')


def with_choices(file: LabelFile, choices: dict[int, int]) -> LabelFile:
    """The list with the labels that people chose.

    A chosen label that is not the given one replaces it, and says that the given one is
    wrong; a choice of the given label says that it is right.

    Args:
        file: n samples.
        choices: From rows (0 to n - 1) to labels.
    """
    rows = np.array([*choices], dtype=np.int64)
    chosen = np.array([*choices.values()], dtype=np.int64)
    right = chosen == np.asarray(file.given_labels)[rows]
    columns: dict[str, Any] = {
        name: np.array(getattr(file, name))
        for name in ('suggested_labels', 'verification', 'recommended')
    }
    columns['suggested_labels'][rows] = chosen
    columns['recommended'][rows] = np.where(right, 'keep', 'replace')
    columns['verification'][rows] = right
    if file.marks is not None:
        columns['marks'] = np.array(file.marks, dtype=object)
        columns['marks'][rows] = mark_words(right)
    return replace(file, **columns)
