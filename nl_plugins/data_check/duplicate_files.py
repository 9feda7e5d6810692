"""The same file or the same content more than once, and in training and test."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .finding import WARNING, Finding
from .parts import TRAIN, Part

__all__ = ['duplicate_findings', 'equal_keys']


class _Kind(NamedTuple):
    """Which samples of a group are reported, where, and for what."""

    by: str
    where: str
    problem: str


_TEXTS = {
    'other label': 'but different labels',
    'same label': 'and the same label',
    'overlap': 'in training and here',
}
_ADVICE = {
    'other label': 'find out which label is right, and keep only that sample',
    'same label': 'keep one of each group, or leave them: each counts as a sample',
    'overlap': 'take them out of the training set: figures on this split would be '
    'too good',
}


def duplicate_findings(parts: Sequence[Part]) -> list[Finding]:
    """Groups of samples that are the same, by path and by content.

    A group whose content is the same because the path is, is reported once.

    Args:
        parts: All of them; ``survey`` and, for what is to be compared, ``digests``.
    """
    if not parts:
        return []
    paths = np.concatenate([part.survey['path'] for part in parts])
    digests = np.concatenate([part.digests for part in parts])
    labels = np.concatenate([part.survey['label'] for part in parts])
    names = list(dict.fromkeys(part.split for part in parts))
    splits = np.repeat(
        [names.index(part.split) for part in parts], [len(part) for part in parts]
    )
    found: dict[_Kind, list[np.ndarray]] = defaultdict(list)
    for by, keys in (('path', paths), ('content', digests)):
        for group in equal_keys(keys):
            if by == 'content' and paths[group[0]] and len(set(paths[group])) == 1:
                continue
            by_split = {
                names[i]: group[splits[group] == i] for i in np.unique(splits[group])
            }
            for where, problem, members in _problems(by_split, labels):
                found[_Kind(by, where, problem)].append(members)
    return [
        _finding(kind, sorted(groups, key=lambda group: group[0]))
        for kind, groups in sorted(found.items())
    ]


def equal_keys(keys: np.ndarray) -> Iterator[np.ndarray]:
    """The positions (ascending) of each key that occurs more than once; not of ``b''``.

    Args:
        keys: (n,) fixed-width bytes.
    """
    rows = np.flatnonzero(keys != b'')
    rows = rows[np.argsort(keys[rows], kind='stable')]
    is_new = np.ones(len(rows) + 1, bool)
    is_new[1:-1] = keys[rows[1:]] != keys[rows[:-1]]
    edges = np.flatnonzero(is_new)
    for place in np.flatnonzero(np.diff(edges) > 1):
        yield rows[edges[place] : edges[place + 1]]


def _problems(
    by_split: dict[str, np.ndarray], labels: np.ndarray
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Inside each split, and between training and the others: where, what, samples."""
    for name, members in by_split.items():
        if len(members) > 1:
            same = (labels[members] == labels[members[0]]).all()
            yield name, 'same label' if same else 'other label', members
        if name != TRAIN and TRAIN in by_split:
            yield name, 'overlap', np.concatenate([by_split[TRAIN], members])


def _finding(kind: _Kind, groups: list[np.ndarray]) -> Finding:
    sizes = [len(group) for group in groups]
    message = (
        f'{sum(sizes):,} samples in {len(groups):,} groups have the same {kind.by} '
        f'{_TEXTS[kind.problem]}'
    )
    return Finding(
        WARNING,
        f'{kind.problem} (by {kind.by})',
        kind.where,
        message,
        _ADVICE[kind.problem],
        samples=np.concatenate(groups),
        groups=np.repeat(np.arange(len(groups)), sizes),
    )
