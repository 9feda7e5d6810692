"""The walk over the samples of a part: their annotations and images."""

import os
from typing import Any

import numpy as np

from .image_check import check_image, digest, is_local
from .image_status import ImageProblem, ImageStatus
from .parts import NO_LABEL, ODD_LABEL, SURVEY, UNREAD, Part

__all__ = ['image_problem', 'survey_samples']


def survey_samples(part: Part, indices: np.ndarray) -> np.ndarray:
    """Read the annotations of samples, and look at their images.

    Returns:
        (n,) records of :data:`~.parts.SURVEY`.
    """
    return np.array([_record(part, index) for index in indices.tolist()], SURVEY)


def image_problem(part: Part, index: int) -> str:
    """Why the image of a sample is not OK."""
    try:
        check_image(part.dataset.get_data_info(index), part.loader)
    except ImageProblem as problem:
        return str(problem)
    except Exception as error:  # of the user's data
        return f'{type(error).__name__}: {error}'
    return 'it did not fail this time'


def _record(part: Part, index: int) -> tuple:
    try:
        info = part.dataset.get_data_info(index)
    except Exception:  # `image_problem` tells it again
        return UNREAD, -1, -1, -1, b'', ImageStatus.UNKNOWN, b''
    status, content = ImageStatus.OK, b''
    try:
        content = check_image(info, part.loader, bool(part.chosen[index]))
    except ImageProblem as problem:
        status = problem.status
    return (
        _integer(info.get('gt_label'), NO_LABEL),
        _integer(info.get('true_label'), -1),
        _integer(info.get('verification'), -1),
        _integer(info.get('sample_idx'), -1),
        _path_digest(part, info.get('img_path')),
        status,
        content,
    )


def _integer(value: Any, default: int) -> int:
    if value is None:
        return default
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return ODD_LABEL
    if array.size != 1 or array.dtype.kind not in 'iu':
        return ODD_LABEL
    number = int(array.item())
    return number if abs(number) < 1 << 62 else ODD_LABEL


def _path_digest(part: Part, path: Any) -> bytes:
    if not path:
        return b''
    name = os.path.abspath(path) if is_local(str(path), part.loader) else str(path)
    return digest(name.encode('utf-8', 'surrogatepass'))
