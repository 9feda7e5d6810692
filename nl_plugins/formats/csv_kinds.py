"""What the values of a CSV column are: how they are read, checked and written."""

import math
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from .undecodable_names import unescaped

__all__ = [
    'FLAG',
    'INERT',
    'INTEGER',
    'LABEL',
    'NUMBER',
    'REMARK',
    'TEXT',
    'VERIFICATION',
    'Kind',
    'is_unknown',
    'one_of',
    'parse_integer',
]

# how tools write an integer: pandas one of a column with gaps as 1.0, NumPy as 1e+00
_DECIMAL = re.compile(
    r'\s*([+-]?[0-9]{1,18}(\.[0-9]{,40})?(e[+-]?[0-9]{1,2})?)\s*', re.I
)
# a spreadsheet computes what begins with one of these, unless after an apostrophe
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_UNKNOWN = frozenset(['', 'nan', '<na>', 'na', 'n/a', 'none', 'null', '?'])
# of spreadsheets, C's printf, databases and pandas's dates
_UNKNOWN |= {'#n/a', '#na', 'n.a.', '-nan', '1.#qnan', '-1.#ind', r'\n', 'nat', 'nil'}


class Kind(NamedTuple):
    """A kind of values; both functions raise a ValueError for what is none."""

    words: str  # for a message: "'x' is not ..."
    dtype: Any  # of a column that was read
    parse: Callable[[str], Any]  # from a text to a value
    plain: Callable[[np.ndarray], list]  # to what is written; says what values must be
    decimal: bool = False  # whether a comma may be a decimal point, if no delimiter


def parse_integer(text: str) -> int:
    """The integer of 1 to 18 digits that a text stands for.

    ``'1.00'`` and ``'1e+00'`` are one, too.
    """
    if not text.isascii():
        raise ValueError(f'{text!r} is not an integer')
    if text.isdigit() and len(text) <= 18:
        return int(text)
    found = _DECIMAL.fullmatch(text)
    value = Decimal(found[1] if found else 'nan')
    if not found or value != value.to_integral_value() or abs(value) >= 10**18:
        raise ValueError(f'{text!r} is not an integer')
    return int(value)


def is_unknown(text: str) -> bool:
    """Whether a text is one of the spellings of "unknown" that tools and people use."""
    with suppress(ValueError):
        return parse_integer(text) == -1
    return text.strip().lower() in _UNKNOWN


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
    return -1 if is_unknown(text) else _parse_flag(text)


def _parse_label(text: str) -> int:
    if (value := parse_integer(text)) < 0:
        raise ValueError(text)
    return value


def _parse_remark(text: str) -> str:
    return '' if is_unknown(text) else unescaped(text)


def _parse_inert(text: str) -> str:
    text = text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
    return unescaped(text)


def _plain_inert(values: np.ndarray) -> list:
    return [f"'{text}" if _FORMULA.match(text) else text for text in map(str, values)]


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
TEXT = Kind('a text', object, unescaped, lambda values: list(map(str, values)))
INERT = TEXT._replace(parse=_parse_inert, plain=_plain_inert)  # never a formula
REMARK = TEXT._replace(parse=_parse_remark)  # '' where it is unknown
INTEGER = Kind('an integer', np.int64, parse_integer, _plain_integers)
LABEL = INTEGER._replace(words='a label (an integer from 0)', parse=_parse_label)
NUMBER = Kind(
    'a finite number', np.float64, _parse_number, _plain_numbers, decimal=True
)
FLAG = Kind('0 or 1', np.bool_, _parse_flag, _plain_flags)
VERIFICATION = Kind(_ANSWER, np.int8, _parse_verification, _plain_verification)
