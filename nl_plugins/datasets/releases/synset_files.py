"""WebVision's classes: their WordNet ids, their names and the queries for them."""

import re
from collections.abc import Sequence

from ...formats.text_lines import line_error, read_lines

__all__ = ['read_queries', 'read_synsets']

_SYNSET = re.compile(rb'(n[0-9]{8})[ \t]+(\S.*)')
_A_NUMBER = 'a number and what it stands for'
_NUMBERED = re.compile(rb'([0-9]{1,7})[ \t]+(\S.*)')


def read_synsets(
    path: str, backend_args: dict | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The WordNet ids and names of ``synsets.txt``, ``n01440764 tench, Tinca tinca``.

    Line i is class i. Two classes may have one name ('crane' is a bird and a machine).
    A ValueError names a line without id and name, or with the id of another line.
    """
    pairs = _pairs(path, _SYNSET, 'a WordNet id and names', backend_args)
    rows: dict[str, int] = {}
    for row, (synset, _) in enumerate(pairs):
        first = rows.setdefault(synset, row)
        if first != row:
            raise line_error(path, row, f'{synset} is on line {first + 1}, too')
    return tuple(rows), tuple(name for _, name in pairs)


def read_queries(
    lists: Sequence[str],
    synset_map: str,
    num_classes: int,
    backend_args: dict | None = None,
) -> tuple[tuple[str, ...], ...]:
    """For each class its queries without repetitions, in their order.

    A ValueError names a line that is malformed or whose number is none of a class.

    Args:
        lists: Files of queries, each line a number and a query; those that the map
            does not have are left out.
        synset_map: Path of ``queries_synsets_map.txt``, each line the number of a query
            and that of a class, counted from 1 (WebVision 1.0) or 0 (2.0): the map has
            all classes, so the lowest tells.
        num_classes: Number of classes.
        backend_args: Settings of MMEngine's file backend.
    """
    pairs = _pairs(synset_map, _NUMBERED, _A_NUMBER, backend_args)
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
        labels.setdefault(int(query), []).append(number - lowest)
    queries: list[dict[str, None]] = [{} for _ in range(num_classes)]
    for path in lists:
        for query, text in _pairs(path, _NUMBERED, _A_NUMBER, backend_args):
            for label in labels.get(int(query), ()):
                queries[label].setdefault(text)
    return tuple(map(tuple, queries))


def _pairs(
    path: str, line: re.Pattern, expected: str, backend_args: dict | None
) -> list[tuple[str, str]]:
    """What begins each line of a file, and what follows it."""
    pairs = []
    for row, content in enumerate(read_lines(path, backend_args)):
        if not (found := line.fullmatch(content)):
            message = f'expected {expected}, not {content.decode()!r}'
            raise line_error(path, row, message)
        pairs.append((found[1].decode(), found[2].decode().rstrip()))
    return pairs
