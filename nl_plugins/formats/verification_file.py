"""The list of images to verify: a CSV file that a person fills in."""

import os
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple, Union

import numpy as np

from .atomic_file import atomic_write
from .column_values import to_integers
from .csv_rows import delimiter_of, numbered_rows, write_rows

__all__ = [
    'VERIFICATION_FIELDS',
    'VerificationFile',
    'read_verification_file',
    'write_verification_file',
]

VERIFICATION_FIELDS = (
    'sample_idx',
    'img_path',
    'given_label',
    'class_name',
    'verification',
)
_CHECKED = ('sample_idx', 'img_path', 'given_label', 'verification')
# spreadsheets may write integers as 1.0
_NUMBER = re.compile(r'[0-9]{1,18}(\.0)?', re.ASCII)
_ANSWERS = {'1': 1, '0': 0, '-1': -1, '': -1, '1.0': 1, '0.0': 0, '-1.0': -1}


@dataclass(frozen=True)
class VerificationFile:
    """The rows of a file, in its order.

    Attributes:
        rows: (n,) int64, ``sample_idx``, each once.
        img_paths: (n,) object array of str.
        given_labels: (n,) int64, what was verified.
        verification: (n,) int64: 1 the given label is right, 0 wrong, -1 unknown.
        lines: (n,) int64, where in the file the rows begin.
    """

    rows: np.ndarray
    img_paths: np.ndarray
    given_labels: np.ndarray
    verification: np.ndarray
    lines: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


def write_verification_file(
    path: Union[str, os.PathLike],
    *,
    rows: Any,
    img_paths: Sequence[str],
    given_labels: Any,
    class_names: Sequence[str],
    verification: Any = None,
) -> None:
    """Write the list of images to look at, atomically.

    Args:
        path: The file to write.
        rows: (n,) integers, the ``sample_idx`` of the images.
        img_paths: n paths as the dataset gives them; '' where it has none.
        given_labels: (n,) integers.
        class_names: n names of the given labels, for the reader.
        verification: (n,) of 1, 0 and -1 (left empty); None leaves all empty.

    Raises:
        ValueError: If the columns differ in length or hold other values.
    """
    rows = to_integers('rows', rows)
    answers = to_integers(
        'verification', np.full(len(rows), -1) if verification is None else verification
    )
    columns = [
        rows.tolist(),
        [os.fspath(name) for name in img_paths],
        to_integers('given_labels', given_labels).tolist(),
        [str(name) for name in class_names],
        [{1: 1, 0: 0}.get(answer, '') for answer in answers.tolist()],
    ]
    for field, column in zip(VERIFICATION_FIELDS, columns):
        if len(column) != len(rows):
            raise ValueError(
                f'column {field} has {len(column)} values, expected {len(rows)}'
            )
    with atomic_write(path, newline='', errors='surrogateescape') as file:
        write_rows(file, [VERIFICATION_FIELDS, *zip(*columns)])


def read_verification_file(path: Union[str, os.PathLike]) -> VerificationFile:
    """Read a file that was filled in.

    The columns may be in any order, with others among them, parted by commas,
    semicolons or tabs. ``verification`` is 1 (the given label is right), 0 (wrong), or
    empty or -1 (nobody looked). Spreadsheets leave out empty values at the end of a
    row, or add some.

    Raises:
        ValueError: Naming the file, the line and the field: if a column is missing or
            there twice, a row has more values than the header, a value is none of its
            kind, or a sample is there twice.
    """
    with open(path, newline='', encoding='utf-8-sig', errors='surrogateescape') as file:
        try:
            return _parse(list(numbered_rows(file, delimiter_of(file))))
        except ValueError as error:
            raise ValueError(f'{os.fspath(path)}, {error}') from error


def _parse(table: List[Tuple[int, List[str]]]) -> VerificationFile:
    header = [name.strip() for name in table[0][1]] if table else []
    missing = [name for name in _CHECKED if name not in header]
    if missing:
        raise ValueError(f'line 1: missing column {", ".join(missing)}')
    twice = [name for name in _CHECKED if header.count(name) > 1]
    if twice:
        raise ValueError(f'line 1: column {twice[0]} is there twice')
    lines, rows = [], []
    for line, row in table[1:]:
        if not any(row):
            continue
        if any(row[len(header) :]):
            raise ValueError(
                f'line {line}: {len(row)} values, but the header names {len(header)}'
            )
        lines.append(line)
        rows.append(row + [''] * (len(header) - len(row)))
    texts = {name: [row[header.index(name)] for row in rows] for name in _CHECKED}
    samples = _numbers('sample_idx', texts, lines)
    values, first = np.unique(samples, return_index=True)
    if len(values) < len(samples):
        again = int(np.setdiff1d(np.arange(len(samples)), first)[0])
        raise ValueError(f'line {lines[again]}: sample {samples[again]} is there twice')
    return VerificationFile(
        samples,
        np.array(texts['img_path'], dtype=object),
        _numbers('given_label', texts, lines),
        _answers(texts['verification'], lines),
        np.array(lines, dtype=np.int64),
    )


def _numbers(field: str, texts: Dict[str, List[str]], lines: List[int]) -> np.ndarray:
    for line, text in zip(lines, texts[field]):
        if not _NUMBER.fullmatch(text.strip()):
            raise ValueError(f'line {line}, {field}: {text!r} is not a number from 0')
    numbers = [int(text.strip().removesuffix('.0')) for text in texts[field]]
    return np.array(numbers, dtype=np.int64)


def _answers(texts: List[str], lines: List[int]) -> np.ndarray:
    for line, text in zip(lines, texts):
        if text.strip() not in _ANSWERS:
            raise ValueError(
                f'line {line}, verification: {text!r} is none of 1 (the label is '
                'right), 0 (wrong) and -1 (unknown, like an empty value)'
            )
    return np.array([_ANSWERS[text.strip()] for text in texts], dtype=np.int64)
