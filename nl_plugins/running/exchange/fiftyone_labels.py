"""To and from FiftyOne: the JSON of ``FiftyOneImageClassificationDataset``.

``{"classes": [names] or null, "labels": {key: target}}``, where a key is the absolute
path of an image, or its path without suffix in the folder of the images, and a target
is a name, a position in ``classes``, a dict with such a ``label``, or null.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ...datasets.matched_rows import matched_rows
from ...formats.atomic_file import write_json
from ...formats.csv_kinds import LABEL
from ...formats.json_file import read_json
from ...formats.label_file import LabelFile
from .choices import check_paths, with_choices

__all__ = ['read_fiftyone_labels', 'write_fiftyone_labels']


def write_fiftyone_labels(file: LabelFile, out: Path, images: str) -> list[Path]:
    """``labels.json``: given labels, with what was found out as their attributes.

    Raises:
        ValueError: If a sample has no image file, or one is there twice.
    """
    check_paths(file)
    names, labels = file.class_names, {}
    rows = zip(
        file.img_paths,
        file.given_labels.tolist(),
        file.suggested_labels.tolist(),
        file.recommended,
        [None] * len(file) if file.scores is None else file.scores.tolist(),
    )
    for path, given, suggested, recommended, score in rows:
        found = dict(
            suggested=names.get(suggested, str(suggested)), recommended=recommended
        )
        target = dict(label=names.get(given, str(given)), attributes=found)
        key = str((Path(images) / path).absolute())
        if key in labels:
            raise ValueError(f'{path!r} is there twice, but a key of FiftyOne once')
        labels[key] = dict(target, confidence=score)
    path = out / 'labels.json'
    write_json(path, dict(classes=None, labels=labels))
    return [path]


def read_fiftyone_labels(path: Path, file: LabelFile) -> LabelFile:
    """The samples with the labels that an export changed; what it lacks is dropped.

    Samples whose label is the given one, or that have none, stay as they are in
    ``file``: the given labels were exported, and nobody need have looked at them.

    Raises:
        ValueError: If it is no such file, of other samples or has unknown classes.
    """
    content = read_json(str(path))
    labels = content.get('labels') if isinstance(content, dict) else None
    if not isinstance(labels, dict):
        raise ValueError(f'{path} has no "labels" as FiftyOne exports them')
    keys = [*labels]
    rows = _rows(keys, file)
    for key in [k for k, row in zip(keys, rows) if row < 0][:1]:
        count = int((rows < 0).sum())
        raise ValueError(f'{path}: {count} of its samples are not here: {key!r} is one')
    known = {name: label for label, name in file.class_names.items()}
    choices = {}
    for key, row in zip(keys, rows.tolist()):
        name = _name(labels[key], content.get('classes'))
        if name is not None:
            label = _label(path, key, name, known)
            if label != file.given_labels[row]:
                choices[row] = label
    answer = with_choices(file, choices)
    answer.recommended[np.setdiff1d(np.arange(len(file)), rows)] = 'drop'
    return answer


def _rows(keys: list[str], file: LabelFile) -> np.ndarray:
    """By the path, or without suffixes where the keys have none."""
    named = [str(path) for path in file.img_paths]
    whole = matched_rows(keys, [-1] * len(keys), named)
    if (whole >= 0).any():
        return whole
    stems = [str(Path(path).with_suffix('')) for path in named]
    return matched_rows(keys, [-1] * len(keys), stems)


def _name(target: Any, classes: Any) -> Any:
    label = target.get('label') if isinstance(target, dict) else target
    if type(label) is not int:  # true and false are integers of Python
        return label
    if not isinstance(classes, list):
        return str(label)
    if not 0 <= label < len(classes):
        return label
    name = classes[label]
    return str(name) if type(name) is int else name


def _label(path: Path, key: str, name: Any, known: dict[str, int]) -> int:
    if isinstance(name, str):
        if name in known:
            return known[name]
        with suppress(ValueError):
            if not known:
                return LABEL.parse(name)
    raise ValueError(f'{path}: {key!r} has the label {name!r}, which is no class')
