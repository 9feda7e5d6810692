"""What is wrong with the images of a part, and what to do about it."""

from collections.abc import Iterator

import numpy as np

from .finding import ERROR, WARNING, Finding
from .image_check import ImageProblem, ImageStatus, check_image
from .parts import DECODED, Part

__all__ = ['image_findings', 'odd_sizes']

_FETCH = 'fetch it again, or delete the file (and its line in a list of the samples)'
_SIZE_ADVICE = 'look at them: icons, banners and placeholders show no class'
# What is wrong with them (after "n images"), and what to do.
_ADVICE = {
    ImageStatus.MISSING: (
        'are missing',
        'restore them, or take their lines out of the list of the samples; where all '
        'are missing, correct `data_root` or `data_prefix`',
    ),
    ImageStatus.UNREADABLE: (
        'cannot be read: no permission, a directory, an empty file, or a failing disk',
        'give read permission (`chmod +r FILE`; a folder needs `chmod +rx`); where '
        f'there is no content, {_FETCH}',
    ),
    ImageStatus.UNDECODABLE: (
        "cannot be decoded by the pipeline's loader",
        f'the content is no image, damaged, or of an unknown format: {_FETCH}; correct '
        'arrays that are no image',
    ),
    ImageStatus.PARTIAL: (
        'are truncated or damaged: what is lost is filled in by the loader',
        _FETCH,
    ),
    ImageStatus.UNKNOWN: (
        'are not known: the dataset fails to tell them, or tells none',
        'follow the message, so that `get_data_info` of the dataset gives `img_path` '
        'or `img`',
    ),
}


def image_findings(part: Part) -> Iterator[Finding]:
    """A finding for each state, but OK, that images of a surveyed part are in."""
    # `ignore_empty=True` of LoadImageFromFile lets another sample take the place.
    skips = getattr(part.loader, 'ignore_empty', False) and not part.dataset.test_mode
    for status, (problem, advice) in _ADVICE.items():
        bad = np.flatnonzero(part.survey['status'] == status)
        if bad.size == 0:
            continue
        absent = status in (ImageStatus.MISSING, ImageStatus.UNREADABLE)
        skipped = skips and absent and bad.size < len(part)
        harmless = status == ImageStatus.PARTIAL or skipped
        total = len(part.decoded) if status in DECODED else len(part)
        note = '; other samples take their places' if skipped else ''
        message = f'{bad.size:,} of {total:,} images {problem}{note}; the first: '
        message += _image_problem(part, int(bad[0]))
        check = f'image {status.name.lower()}'
        yield part.finding(WARNING if harmless else ERROR, check, message, advice, bad)
    odd = np.flatnonzero(odd_sizes(part.survey['width'], part.survey['height']))
    for first in odd[:1]:
        size = f'{part.survey["width"][first]} x {part.survey["height"][first]} pixels'
        name = part.sample(int(first))['img_path']
        text = 'images are tiny beside the others, or long and narrow'
        message = (
            f'{odd.size:,} of {len(part):,} {text}; the first: {name!r} has {size}'
        )
        yield part.finding(WARNING, 'image size', message, _SIZE_ADVICE, odd)


def odd_sizes(width: np.ndarray, height: np.ndarray) -> np.ndarray:
    """(N,) bool: images of which little is left when all get one size.

    These have a side of one pixel, or an eighth of what half of the others have, or are
    more than ten times as long as wide. Sizes of 0 are unknown.

    >>> odd_sizes(np.array([1, 500, 4000, 0]), np.array([1, 400, 7, 0])).tolist()
    [True, False, True, False]
    """
    short, long = np.minimum(width, height), np.maximum(width, height)
    known = short > 0
    usual = np.median(short[known]) if known.any() else 0
    return known & ((short == 1) | (8 * short <= usual) | (long > 10 * short))


def _image_problem(part: Part, index: int) -> str:
    try:
        check_image(part.dataset.get_data_info(index), part.loader)
    except ImageProblem as problem:
        return str(problem)
    except Exception as error:  # of the user's data
        return f'{type(error).__name__}: {error}'
    return 'it did not fail this time'
