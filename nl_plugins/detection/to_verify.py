"""Which classes and which images a person should verify next."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..formats.csv_kinds import TEXT
from ..formats.csv_table import read_table

__all__ = ['choose_classes', 'choose_images', 'read_class_groups']


def choose_images(
    labels: Any, verification: Any, classes: Sequence[int], per_class: int, seed: int
) -> np.ndarray:
    """A random choice of unverified images of each class (Lee et al. 2018, Table 5).

    Args:
        labels: (N,) given labels.
        verification: (N,) of 1, 0 and -1; those verified already are not chosen, but
            count: a class is filled up to ``per_class``.
        classes: Labels of the classes to choose from.
        per_class: Number of images of each class, at most.
        seed: Random seed; what is drawn of a class depends on no other class.

    Returns:
        (n,) indices of the images, by class and ascending within each.
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


def choose_classes(
    num_classes: int,
    count: int | None = None,
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> list[int]:
    """The classes to verify: all, a random choice, or one of each group.

    Table 5: 'random-308' draws classes, 'semantic-308' takes one of each group of
    classes that share a second-level hypernym in WordNet.

    Args:
        num_classes: K.
        count: Number of classes; with groups, of groups.
        groups: K names, the group of each class.
        seed: Random seed of the draw.

    Returns:
        Classes in ascending order.

    Raises:
        ValueError: If there are fewer classes or groups than ``count``, or not one
            group for each class.
    """
    rng = np.random.default_rng(seed)
    if groups is None:
        chosen = rng.permutation(num_classes)
    else:
        if len(groups) != num_classes:
            raise ValueError(f'{len(groups)} groups for {num_classes} classes')
        members = (np.flatnonzero(np.array(groups) == g) for g in sorted(set(groups)))
        chosen = rng.permutation([rng.choice(group) for group in members])
    if count is not None and not 1 <= count <= len(chosen):
        what = 'classes' if groups is None else 'groups'
        raise ValueError(f'cannot choose {count} of {len(chosen)} {what}')
    return sorted(int(label) for label in chosen[:count])


def read_class_groups(path: str, class_names: Sequence[str]) -> list[str]:
    """The group of each class from a CSV file with the columns ``class,group``.

    Raises:
        ValueError: Naming the file and line: see :func:`read_table`, or if a class is
            unknown, there twice or missing, or has no group.
    """
    table = read_table(path, {'class': TEXT, 'group': TEXT})
    groups: dict[str, str] = {}
    pairs = zip(table.columns['class'], table.columns['group'])
    for row, (name, group) in enumerate(map(str.strip, pair) for pair in pairs):
        if name not in class_names:
            raise table.error(row, f'{name!r} is no class')
        if name in groups:
            raise table.error(row, f'{name!r} is there twice')
        if not group:
            raise table.error(row, f'{name!r} has no group')
        groups[name] = group
    missing = [name for name in class_names if name not in groups]
    if missing:
        raise ValueError(f'{path}: no group for {len(missing)} classes: {missing[0]!r}')
    return [groups[name] for name in class_names]
