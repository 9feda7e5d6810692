"""The training samples that nothing is wrong with, as a list that loads as it is."""

import os
from pathlib import Path

import numpy as np

from ..formats.label_file import LabelFile
from .check_result import DataCheck
from .image_check import ImageStatus
from .parts import MEASURED, TRAIN, Part

__all__ = ['clean_list']


def clean_list(checked: DataCheck, folder: Path) -> tuple[LabelFile, int]:
    """The list, and how many training samples it leaves out.

    Left out are samples whose image is not whole or whose label no class has, and those
    that validation or test have as well. Paths are relative to ``folder``, where the
    list is to be, so ``ImageLabels`` and ``find`` read it there without more.

    Raises:
        ValueError: If no training sample with an image file is left, or the check was
            ``fast``: it decoded some images only, and compared none.
    """
    if checked.fast:
        raise ValueError('a fast check has not looked at all images: check them all')
    measured = [part for part in checked.parts if part.split in MEASURED]
    total = sum(len(part) for part in checked.parts if part.split == TRAIN)
    paths, labels, indices, start = [], [], [], 0
    names: dict[int, str] = {}
    for part in (part for part in checked.parts if part.split == TRAIN):
        names = names or dict(enumerate(map(str, part.class_names)))
        for row in np.flatnonzero(_good(part, measured)).tolist():
            path = part.dataset.get_data_info(row).get('img_path')
            if path:
                paths.append(_below(str(path), folder))
                labels.append(int(part.survey['label'][row]))
                indices.append(start + row)
        start += len(part)
    if not paths:
        raise ValueError('no training sample with a whole image is left to list')
    columns = dict(given_labels=np.array(labels), indices=np.array(indices))
    return LabelFile(paths, **columns, class_names=names), total - len(paths)


def _good(part: Part, measured: list[Part]) -> np.ndarray:
    survey, limit = part.survey, part.label_limit
    good = (survey['status'] == ImageStatus.OK) & (survey['label'] >= 0)
    if limit is not None:
        good &= survey['label'] < limit
    for other in measured:
        for key in ('path', 'content'):
            known = other.survey[key]
            good &= ~np.isin(survey[key], known[known != b''])
    return good


def _below(path: str, folder: Path) -> str:
    return path if '://' in path else os.path.relpath(path, folder)
