"""WebVision's classes: their WordNet ids, their names and the queries for them."""

import re
from collections.abc import Sequence

from ...formats.text_lines import line_error, read_lines

__all__ = ['read_queries', 'read_synsets']

_SYNSET = re.compile(rb'(n[0-9]{8})[ \t]+(\S.*)')
_NUMBERED = re.compile(rb'([0-9]{1,7})[ \t]+(\S.*)')


def read_synsets(
    path: str, backend_args: dict | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The WordNet ids and names of ``synsets.txt``, ``n01440764 tench, Tinca tinca``.

    Line i is class i. Two classes may have one name ('crane' is a bird and a machine).

    Raises:
        ValueError: Naming the file and the line: if it has no id and name, or the id
            of another line.
    """
    rows: dict[str, str] = {}
    for row, line in enumerate(read_lines(path, backend_args)):
        found = _SYNSET.fullmatch(line)
        if not found:
            message = f'expected a WordNet id and names, not {line.decode()!r}'
            raise line_error(path, row, message)
        synset = found[1].decode()
        if synset in rows:
            message = f'{synset} is on line {[*rows].index(synset) + 1}, too'
            raise line_error(path, row, message)
        rows[synset] = found[2].decode().rstrip()
    return tuple(rows), tuple(rows.values())


def read_queries(
    lists: Sequence[str],
    synset_map: str,
    num_classes: int,
    backend_args: dict | None = None,
) -> tuple[tuple[str, ...], ...]:
    """What was searched for to find the images of each class.

    Args:
        lists: Files of queries, each line a number and a query; those that the map
            does not have are left out.
        synset_map: Path of ``queries_synsets_map.txt``, each line the number of a query
            and that of a class, counted from 1 (WebVision 1.0) or 0 (2.0): the map has
            all classes, so the lowest tells.
        num_classes: Number of classes, C.
        backend_args: Settings of MMEngine's file backend.

    Returns:
        For each class its queries without repetitions, in their order.

    Raises:
        ValueError: Naming the file and the line, if it is malformed or a number is none
            of a class.
    """
    pairs = _numbered(synset_map, backend_args)
    for row, (_, text) in enumerate(pairs):
        if not re.fullmatch('[0-9]{1,7}', text):
            raise line_error(synset_map, row, f'{text!r} is no number of a class')
    numbers = [int(text) for _, text in pairs]
    lowest = 0 if 0 in numbers else 1
    labels: dict[int, list[int]] = {}
    for row, ((query, _), number) in enumerate(zip(pairs, numbers)):
        if number - lowest >= num_classes:
            message = f'{number} is no number of one of the {num_classes} classes'
            raise line_error(synset_map, row, message)
        labels.setdefault(query, []).append(number - lowest)
    queries: list[dict[str, None]] = [{} for _ in range(num_classes)]
    for path in lists:
        for query, text in _numbered(path, backend_args):
            for label in labels.get(query, ()):
                queries[label].setdefault(text)
    return tuple(map(tuple, queries))


def _numbered(path: str, backend_args: dict | None) -> list[tuple[int, str]]:
    """The number at the beginning of each line, and what follows it."""
    rows = []
    for row, line in enumerate(read_lines(path, backend_args)):
        found = _NUMBERED.fullmatch(line)
        if not found:
            message = f'expected a number and what it stands for, not {line.decode()!r}'
            raise line_error(path, row, message)
        rows.append((int(found[1]), found[2].decode().rstrip()))
    return rows
