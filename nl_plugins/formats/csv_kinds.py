"""What the values of a CSV column are: how they are read, checked and written."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    'FLAG',
    'INTEGER',
    'NUMBER',
    'TEXT',
    'VERIFICATION',
    'Kind',
    'one_of',
    'parse_integer',
]

# int64; pandas writes the integers of a column with gaps as 1.0
_INTEGER = re.compile(r'\s*(-?[0-9]{1,18})(\.0)?\s*', re.ASCII)


class Kind(NamedTuple):
    """A kind of values; both functions raise a ValueError for what is none."""

    words: str  # for a message: "'x' is not ..."
    dtype: Any  # of a column that was read
    parse: Callable[[str], Any]  # from a text to a value
    plain: Callable[[np.ndarray], list]  # to what is written; says what values must be


def parse_integer(text: str) -> int:
    """The integer of 1 to 18 digits that a text stands for; ``'1.0'`` is one, too."""
    match = _INTEGER.fullmatch(text)
    if match is None:
        raise ValueError(f'{text!r} is not an integer')
    return int(match[1])


def one_of(*words: str) -> Kind:
    """The kind of a column that holds some of these words."""
    known = 'one of ' + ', '.join(words)

    def parse(text: str) -> str:
        return words[words.index(text.strip())]  # the string of all rows

    def plain(values: np.ndarray) -> list:
        for value in values[~np.isin(values.astype(str), words)][:1]:
            raise ValueError(f'{known}, but one is {value!r}')
        return values.tolist()

    return Kind(known, object, parse, plain)


def _parse_number(text: str) -> float:
    value = float(text)
    if '_' in text or not math.isfinite(value):
        raise ValueError(text)
    return value


def _parse_flag(text: str) -> int:
    return (0, 1).index(parse_integer(text))  # a ValueError for any other integer


def _parse_verification(text: str) -> int:
    return -1 if text.strip() in ('', '-1', '-1.0') else _parse_flag(text)


def _plain_integers(values: np.ndarray) -> list:
    if values.dtype.kind not in 'iu' and values.size:
        raise ValueError(f'integers, but got {values.dtype}')
    return values.tolist()


def _plain_numbers(values: np.ndarray) -> list:
    """Numbers without digits that float32 does not hold."""
    if values.dtype.kind not in 'iufb' and values.size:
        raise ValueError(f'numbers, but got {values.dtype}')
    for row in np.flatnonzero(~np.isfinite(values))[:1]:
        raise ValueError(f'finite, but [{row}] is {values[row]}')
    if values.dtype in (np.float16, np.float32):
        return [float(f'{value:.9g}') for value in values.tolist()]
    return values.astype(np.float64).tolist()


def _plain_flags(values: np.ndarray) -> list:
    if not np.isin(values, (0, 1)).all():
        raise ValueError('booleans or 0/1')
    return values.astype(np.int64).tolist()


def _plain_verification(values: np.ndarray) -> list:
    return ['' if value < 0 else value for value in _plain_integers(values)]


_ANSWER = '1 (the label is right), 0 (wrong) or -1 (unknown, like an empty value)'
TEXT = Kind('a text', object, str, lambda values: list(map(str, values)))
INTEGER = Kind('an integer', np.int64, parse_integer, _plain_integers)
NUMBER = Kind('a finite number', np.float64, _parse_number, _plain_numbers)
FLAG = Kind('0 or 1', np.bool_, _parse_flag, _plain_flags)
VERIFICATION = Kind(_ANSWER, np.int8, _parse_verification, _plain_verification)
