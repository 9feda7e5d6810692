"""Whether the datasets of one run number their classes alike."""

import logging
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mmengine.logging import print_log

from .nested import leaves

__all__ = [
    'ADVICE',
    'check_class_names',
    'check_folders',
    'class_names',
    'in_order',
    'names_differ',
    'plain_name',
]

ADVICE = (
    'give both the same list of all classes, `ImageLabels(classes=[...])`, which finds '
    'folders and labels by these names (`classes` of CustomDataset only renames what '
    'it numbered)'
)


def class_names(dataset: Any) -> tuple[str, ...]:
    """The names of the classes of a dataset; none if it does not tell them.

    >>> from nl_plugins.datasets.releases.digits import Digits
    >>> class_names(Digits())[:3]
    ('0', '1', '2')
    """
    if hasattr(dataset, 'full_init'):
        dataset.full_init()  # reading the data may tell the names
    names = (getattr(dataset, 'metainfo', None) or {}).get('classes')
    return () if names is None else tuple(map(str, names))


def names_differ(first: Sequence[str], other: Sequence[str]) -> tuple[bool, str] | None:
    """Whether only the order of names differs, and a text; None if they agree.

    Names agree that differ only in case, in ``_`` for a blank or in zeros before a
    number, unless this tells classes of one list apart ('A' and 'a'); so does a list of
    which nothing is known.

    >>> names_differ(['0', '1', '10', '2'], ['0', '1', '2', '10'])
    (True, "class 2 is '2' here and '10' there")
    >>> names_differ(['cat', 'dog'], ['Cat', 'dog']), names_differ(['cat', 'dog'], ())
    (None, None)
    """
    both = [[*map(str, first)], [*map(str, other)]]
    twins = {name for each in both for name in _twins(map(plain_name, each))}
    names, others = (
        [name if (plain := plain_name(name)) in twins else plain for name in each]
        for each in both
    )
    if not names or not others or names == others:
        return None
    pairs = zip(names, others)
    label = next((i for i, pair in enumerate(pairs) if len(set(pair)) > 1), None)
    if label is None:
        text = f'{len(others)} classes here and {len(names)} there'
    else:
        text = f'class {label} is {other[label]!r} here and {first[label]!r} there'
    return sorted(names) == sorted(others), text


def check_folders(dataset: Any) -> None:
    """Raise ValueError if ``classes`` of a dataset renames its folders wrongly.

    MMPretrain's CustomDataset numbers folders by their sorted names and takes
    ``classes`` as their names: a folder may then bear the name of another class.
    """
    for leaf in leaves(dataset):
        if hasattr(leaf, 'full_init'):
            leaf.full_init()
        folders: Mapping[str, int] = getattr(leaf, 'folder_to_idx', None) or {}
        names = class_names(leaf)
        labels = _labels_of(names)
        if not labels.keys() & {*folders, *map(plain_name, folders)}:
            labels = _labels_of(in_order(folders))  # were numbers sorted as text?
        for folder, label in folders.items():
            meant = labels.get(folder, labels.get(plain_name(folder), label))
            if meant != label:
                kind = type(leaf).__name__
                raise ValueError(
                    f'{kind} gives the images in the folder {folder!r} the label '
                    f'{label}, the class {names[label]!r}; {folder!r} is class {meant}:'
                    ' `classes` only renames its sorted folders. Use '
                    'ImageLabels(classes=[...]), which finds the folders by name'
                )


def in_order(folders: Iterable[str]) -> list[str]:
    """Sorted, as numbers if all are.

    >>> in_order(['10', '9']), in_order(['10', '9', 'x'])
    (['9', '10'], ['10', '9', 'x'])
    """
    names = sorted(folders)
    return sorted(names, key=int) if all(map(str.isdecimal, names)) else names


def check_class_names(
    datasets: Mapping[str, Any], learns: bool = True, advice: str = ADVICE
) -> None:
    """Compare what the classes of the first dataset are called with the others.

    Args:
        datasets: Datasets, or sequences of names, by what to call them in a message.
        learns: Whether the others are learnt from, and not only measured on: then
            different names are an error, else a warning.
        advice: What to do about a difference.

    Raises:
        ValueError: If names are in another order, a dataset renames folders wrongly,
            or names differ and ``learns``.

    >>> check_class_names({'training set': ['cat', 'dog'], 'clean': ['dog', 'cat']})
    Traceback (most recent call last):
        ...
    ValueError: the same classes have other numbers in clean than in training set ...
    """
    found = [
        (name, names)
        for name, dataset in datasets.items()
        for names in _all_names(dataset)
        if names
    ]
    base, first = found[0] if found else ('', ())
    for name, names in found[1:]:
        differ = names_differ(first, names)
        if differ is None:
            continue
        reordered, text = differ
        what = 'the same classes have other numbers' if reordered else 'classes differ'
        message = f'{what} in {name} than in {base} ({text}): {advice}'
        if reordered or learns or name == base:
            raise ValueError(message)
        print_log(message, 'current', logging.WARNING)


def _all_names(dataset: Any) -> list[tuple[str, ...]]:
    """The names of each dataset below wrappers; a sequence is the names themselves."""
    if isinstance(dataset, (list, tuple)):
        return [tuple(map(str, dataset))]
    check_folders(dataset)
    return [class_names(leaf) for leaf in leaves(dataset)]


def _labels_of(names: Sequence[str]) -> dict[str, int]:
    """The label of each name, as it is written and without what is only spelling."""
    plain = {plain_name(name): label for label, name in enumerate(names)}
    return plain | {name: label for label, name in enumerate(names)}


def _twins(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def plain_name(name: str) -> str:
    """A name without what is only spelling: case, blanks, Unicode form, leading zeros.

    >>> plain_name('Guinea_Pig'), plain_name('007')
    ('guinea pig', '7')
    """
    text = unicodedata.normalize('NFKC', str(name)).casefold().replace('_', ' ')
    text = ' '.join(text.split())
    return str(int(text)) if text.isdecimal() else text
