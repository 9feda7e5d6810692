"""Which classes and which images a person should verify next."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..checks import check_choice, check_count
from ..formats.csv_kinds import TEXT, is_unknown
from ..formats.csv_table import read_table

__all__ = [
    'ORDERS',
    'choose_by_score',
    'choose_classes',
    'choose_images',
    'read_class_groups',
]

ORDERS = ('uncertain', 'suspicious', 'random')


def choose_images(
    labels: Any, verification: Any, classes: Sequence[int], per_class: int, seed: int
) -> np.ndarray:
    """A random choice of unverified images of each class (Lee et al. 2018, Table 5).

    Images with a verification label (1 or 0, not -1) are not chosen, but count: a class
    is filled up to ``per_class``. What the seed draws of a class depends on no other
    class. Returns (n,) indices of the images, by class and ascending within each.
    """
    labels, known = np.asarray(labels), np.asarray(verification) >= 0
    chosen = [np.empty(0, dtype=np.int64)]
    for label in classes:
        members = labels == label
        unverified = np.flatnonzero(members & ~known)
        count = max(0, per_class - int((members & known).sum()))
        order = np.random.default_rng((seed, label)).permutation(len(unverified))
        chosen.append(np.sort(unverified[order[:count]]))
    return np.concatenate(chosen)


def choose_by_score(
    scores: Any, labels: Any, verification: Any, count: int, order: str, seed: int = 0
) -> np.ndarray:
    """Images to look at, the first first: (n,) indices, n <= ``count``.

    Args:
        scores: (N,) the probability that the given label is right.
        labels: (N,) given labels.
        verification: (N,) 1, 0 or -1; scores choose only images with -1.
        count: How many.
        order: 'uncertain': scores nearest 0.5, whose marks teach most (of CIFAR-10N
            worst 200 of them raised the AUC of all scores by 0.006, as many drawn at
            random by 0.003 and the most suspicious by nothing: these are known
            already). 'suspicious': the lowest scores, to find as many wrong labels as
            one can. 'random': of each class its share, for an honest noise rate: of
            all images, since those that are left where others were chosen by their
            scores are not like all. What was verified needs no look again.
        seed: Of the random choice.

    >>> choose_by_score([0.1, 0.9, 0.4], [0, 0, 1], [-1] * 3, 2, 'uncertain')
    array([2, 0])
    """
    check_choice('order', order, ORDERS)
    check_count(count, 'count')
    scores, labels = np.asarray(scores), np.asarray(labels)
    if order != 'random':
        left = np.flatnonzero(np.asarray(verification) < 0)
        doubt = scores[left] if order == 'suspicious' else abs(scores[left] - 0.5)
        return left[np.argsort(doubt, kind='stable')[:count]]
    # in a random order, each image at its place among those of its class
    drawn = np.random.default_rng(seed).permutation(len(labels))
    place = np.zeros(len(drawn))
    for label in np.unique(labels[drawn]):
        members = np.flatnonzero(labels[drawn] == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return drawn[np.argsort(place, kind='stable')[:count]]


def choose_classes(
    num_classes: int,
    count: int | None = None,
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> list[int]:
    """The classes to verify, ascending: all, ``count`` at random, or one of each group.

    Table 5: 'random-308' draws classes, 'semantic-308' takes one of each group of
    classes that share a second-level hypernym in WordNet. ``groups`` are K names, the
    group of each class; with them, ``count`` groups are drawn.

    Raises:
        ValueError: If not each class has a group, or there are fewer than ``count``.
    """
    rng = np.random.default_rng(seed)
    if groups is None:
        chosen = rng.permutation(num_classes)
    elif len(groups) != num_classes:
        raise ValueError(f'{len(groups)} groups for {num_classes} classes')
    else:
        members = (np.flatnonzero(np.array(groups) == g) for g in sorted(set(groups)))
        chosen = rng.permutation([rng.choice(group) for group in members])
    if count is not None and not 1 <= count <= len(chosen):
        what = 'classes' if groups is None else 'groups'
        raise ValueError(f'cannot choose {count} of {len(chosen)} {what}')
    return sorted(int(label) for label in chosen[:count])


def read_class_groups(path: str, class_names: Sequence[str]) -> list[str]:
    """The group of each class from a CSV file with the columns ``class,group``.

    Raises:
        ValueError: As :func:`read_table`, or naming the file and line (or class) where
            a class is unknown, there twice or missing, or has no group.
    """
    table = read_table(path, {'class': TEXT, 'group': TEXT})
    groups: dict[str, str] = {}
    for row, pair in enumerate(zip(table.columns['class'], table.columns['group'])):
        name, group = map(str.strip, pair)
        if name not in class_names:
            raise table.error(row, f'{name!r} is no class')
        if name in groups:
            raise table.error(row, f'{name!r} is there twice')
        if is_unknown(group):
            raise table.error(row, f'{name!r} has no group')
        groups[name] = group
    missing = [name for name in class_names if name not in groups]
    if missing:
        raise ValueError(f'{path}: no group for {len(missing)} classes: {missing[0]!r}')
    return [groups[name] for name in class_names]
