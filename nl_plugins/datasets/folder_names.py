"""Whether the labels of an annotation file are those that the folders name."""

import logging
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from mmengine.logging import print_log

from .class_names import class_names
from .nested import leaves

__all__ = ['ADVICE', 'contradiction', 'some_rows', 'warn_of_folders']

ADVICE = 'unless labels are that noisy, correct the order of `classes`'
MOST_LOOKED_AT = 1000  # samples whose folder and label are compared


def warn_of_folders(name: str, dataset: Any) -> None:
    """Warn where most labels of a dataset contradict the names of its folders.

    ``name`` is what to call the dataset. Labels that a wrapper makes are not looked at.
    """
    for leaf in leaves(dataset):
        if not hasattr(leaf, 'get_data_info'):
            continue
        infos = [leaf.get_data_info(row) for row in some_rows(len(leaf))]
        samples = ((info.get('img_path'), info.get('gt_label')) for info in infos)
        text = contradiction(samples, class_names(leaf))
        if text is not None:
            print_log(f'{name}: {text}; {ADVICE}', 'current', logging.WARNING)


def some_rows(size: int) -> list[int]:
    """At most 1,000 rows of a dataset, evenly spread.

    >>> some_rows(3), len(some_rows(10**6))
    ([0, 1, 2], 1000)
    """
    if size <= MOST_LOOKED_AT:
        return list(range(size))
    return np.linspace(0, size - 1, MOST_LOOKED_AT, dtype=int).tolist()


def contradiction(
    samples: Iterable[tuple[Any, Any]], names: Sequence[str]
) -> str | None:
    """What to say if most labels are not those of the class that their folder names.

    Args:
        samples: Path and label of each; what has none, or no such folder, counts not.
        names: Of the classes.

    >>> contradiction([('a/cat/1.png', 1), ('a/dog/1.png', 0)], ['cat', 'dog'])
    "most labels contradict the names of the folders: 1 ('dog') for 'a/cat/1.png'"
    >>> contradiction([('a/cat/1.png', 0), ('a/dog/1.png', 0)], ['cat', 'dog'])
    """
    labels = {name: label for label, name in enumerate(names)}
    known, wrong = 0, []
    for path, label in samples:
        meant = labels.get(os.path.basename(os.path.dirname(str(path or ''))))
        if meant is not None and isinstance(label, (int, np.integer)):
            known += 1
            wrong += [] if label == meant else [(path, label)]
    if len(wrong) <= known / 2:
        return None
    path, label = wrong[0]
    called = f' ({names[int(label)]!r})' if 0 <= label < len(names) else ''
    problem = 'most labels contradict the names of the folders'
    return f'{problem}: {label}{called} for {path!r}'
