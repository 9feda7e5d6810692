"""The same file or the same content more than once, and in training and test."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from .equal_keys import equal_keys
from .finding import WARNING, Finding
from .look_alikes import look_alikes
from .parts import MEASURED, Part

__all__ = ['duplicate_findings']

# What is wrong with groups of samples, and what to do.
_ADVICE = {
    'other label': (
        'but different labels',
        'find out which label is right, and keep only that sample',
    ),
    'same label': (
        'and the same label',
        'keep one of each group, or leave them: each counts as a sample',
    ),
    'overlap': (
        'in training and here',
        'take them out of the training set: figures on this split would be too good',
    ),
}


_BEFORE = dict(path=(), content=('path',), look=('path', 'content'))


def duplicate_findings(parts: Sequence[Part]) -> Iterator[Finding]:
    """Groups of samples of the surveyed parts that are the same, by path or content.

    Or by their look: the same picture, encoded again. A group whose content is the same
    because the path is, or whose look because the content is, is told of once.
    """
    if not parts:
        return
    names = ('path', 'content', 'label', 'look')
    survey = {n: np.concatenate([part.survey[n] for part in parts]) for n in names}
    splits = np.array([part.split for part in parts], object)  # 8 bytes per sample
    splits = np.repeat(splits, [len(part) for part in parts])
    found: dict[tuple[str, str, str], list[np.ndarray]] = defaultdict(list)
    for by, groups in (
        ('path', equal_keys(survey['path'], unknown=b'')),
        ('content', equal_keys(survey['content'], unknown=b'')),
        ('look', look_alikes(survey['look'])),
    ):
        for group in groups:
            if any(_told(survey[key][group]) for key in _BEFORE[by]):
                continue
            labels = survey['label'][group]
            for where, problem, members in _problems(group, splits[group], labels):
                found[by, where, problem].append(members)
    for (by, where, problem), same in sorted(found.items(), key=lambda item: item[0]):
        same.sort(key=lambda group: group[0])
        sizes = [len(group) for group in same]
        text, advice = _ADVICE[problem]
        message = f'{sum(sizes):,} samples in {len(same):,} groups have the same '
        samples, numbers = np.concatenate(same), np.repeat(range(len(same)), sizes)
        texts = f'{problem} (by {by})', where, f'{message}{by} {text}', advice
        yield Finding(WARNING, *texts, samples, numbers)


def _told(keys: np.ndarray) -> bool:
    return bool(keys[0]) and bool((keys == keys[0]).all())


def _problems(
    group: np.ndarray, splits: np.ndarray, labels: np.ndarray
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Inside each split, and of what is learnt from in others: where, what, samples."""
    learnt = group[~np.isin(splits, MEASURED)]
    for split in dict.fromkeys(splits):
        inside = splits == split
        if inside.sum() > 1:
            same = (labels[inside] == labels[inside][0]).all()
            yield split, 'same label' if same else 'other label', group[inside]
        if split in MEASURED and len(learnt):
            yield split, 'overlap', np.concatenate([learnt, group[inside]])
