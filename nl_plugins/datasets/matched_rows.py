"""Which sample each row of a list is about, also where samples have come and gone."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ..formats.csv_kinds import is_unknown
from ..formats.fingerprint import digest
from ..formats.path_ends import path_ends

__all__ = ['matched_rows', 'same_file']

MOST_READ = 1000  # image files
_UP = re.compile(r'\A(\.{1,2}/)+')  # where a list is in another folder than the images


def matched_rows(
    named: Sequence[str],
    indices: Sequence[int],
    paths: Any,
    contents: Sequence[str] | None = None,
) -> np.ndarray:
    """(n,) int64, the sample of each row, -1 where it is gone; no sample twice.

    A row is about the sample at its index if that has its path, else about the one that
    has it, or has it with more or fewer of its folders. A row without a path is about
    its index, if that sample has none either. What fits several samples, or is named by
    several rows, is about none. Images that have no match by their path yet are matched
    by what their files hold, if the list says that and no more than 1,000 are to read.

    Args:
        named: n paths as the list has them.
        indices: n ``sample_idx`` of the list.
        paths: Those of the samples, a sequence.
        contents: n digests of the list in hexadecimal, '' where unknown.

    >>> matched_rows(['b.png', 'c.png'], [1, 2], ['a.png', 'c.png']).tolist()
    [-1, 1]
    """
    rows = np.full(len(named), -1, dtype=np.int64)
    for row, (name, index) in enumerate(zip(named, indices)):
        if 0 <= index < len(paths) and same_file(paths[index], name):
            rows[row] = index
    unmatched = np.flatnonzero(rows < 0).tolist()
    if not unmatched:
        return rows
    open_rows = {row: _UP.sub('', str(named[row])) for row in unmatched}
    taken = {*rows.tolist()}
    left = {i: path for i, path in enumerate(paths) if path and i not in taken}
    content = partial(_same_content, contents)
    for find in (_equal, partial(_ends, '/'), partial(_ends, ''), content):
        if not open_rows or not left:
            break
        pairs = {*find(open_rows, left)}
        of_row = Counter(row for row, _ in pairs)
        of_sample = Counter(sample for _, sample in pairs)
        for row, sample in pairs:
            if of_row[row] == of_sample[sample] == 1:
                rows[row] = sample
        open_rows = {r: name for r, name in open_rows.items() if r not in of_row}
        left = {i: path for i, path in left.items() if i not in of_sample}
    return rows


def same_file(img_path: str, named: str) -> bool:
    """A file may leave out the folder that the dataset puts before its paths.

    >>> same_file('images/cat/1.png', 'cat/1.png'), same_file('', 'nan')
    (True, True)
    """
    if not img_path:
        return is_unknown(named)
    return img_path == named or (bool(named) and img_path.endswith('/' + named))


def _equal(
    named: Mapping[int, str], paths: Mapping[int, str]
) -> Iterator[tuple[int, int]]:
    places = _places(paths)
    for row, name in named.items():
        yield from ((row, sample) for sample in places.get(name, ()))


def _ends(
    mark: str, named: Mapping[int, str], paths: Mapping[int, str]
) -> Iterator[tuple[int, int]]:
    """Pairs of which one is the other without its first folders, and has the mark."""
    samples, rows = _places(paths), _places(named)
    for row, name in named.items():
        for end in _shorter(name, mark):
            yield from ((row, sample) for sample in samples.get(end, ()))
    for sample, path in paths.items():
        for end in _shorter(path, mark):
            yield from ((row, sample) for row in rows.get(end, ()))


def _same_content(
    contents: Sequence[str] | None, named: Mapping[int, str], paths: Mapping[int, str]
) -> Iterator[tuple[int, int]]:
    known = {row: contents[row] for row in named if contents[row]} if contents else {}
    if not known or len(paths) > MOST_READ:
        return
    places = _places(known)
    for sample, path in paths.items():
        with suppress(OSError):  # on another machine, say
            content = Path(path).read_bytes()
            rows = places.get(digest(content).hex(), ())
            yield from ((row, sample) for row in rows)


def _places(texts: Mapping[int, str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for number, text in texts.items():
        places.setdefault(text, []).append(number)
    return places


def _shorter(path: str, mark: str) -> Iterable[str]:
    """The path without its first folders."""
    return (end for end in islice(path_ends(path), 1, None) if mark in end)
