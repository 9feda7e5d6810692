"""Which classes and which images a person should verify next."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..formats.csv_kinds import TEXT, is_unknown
from ..formats.csv_table import read_table

__all__ = ['choose_classes', 'choose_images', 'read_class_groups']


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
