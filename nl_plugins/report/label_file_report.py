"""A report from a cleaned-label file and the training set that it is about."""

import os
from typing import Any

import numpy as np

from ..datasets.matched_rows import same_file
from ..datasets.training_set import TrainingSet
from ..formats.label_file import read_label_file
from .dataset_images import dataset_images, folder_of
from .label_report import LabelReport

__all__ = ['label_file_report']


def label_file_report(
    path: str | os.PathLike, training_set: TrainingSet, **more: Any
) -> LabelReport:
    """What a cleaned-label file says of the samples of a training set.

    Args:
        path: Of the file.
        training_set: Its samples, which give images, class names and, where they are
            known, true and verification labels.
        **more: Further fields of :class:`LabelReport`, such as ``noise_rate``.

    Raises:
        ValueError: If the file is about other samples (naming the first), or as
            ``read_label_file``.
    """
    file = read_label_file(path)
    if len(file) != len(training_set):
        sizes = f'{len(file)} samples, but the training set has {len(training_set)}'
        raise ValueError(f'{path} has {sizes}')
    there = training_set.columns.paths
    for row, (named, known) in enumerate(zip(file.img_paths, there)):
        if not same_file(known, named):
            raise ValueError(f'{path}: sample {row} is {named!r}, but here {known!r}')
    given = training_set.given_labels.numpy()
    for row in np.flatnonzero(file.given_labels != given)[:1]:
        problem = f'label {file.given_labels[row]} in {path}, but {given[row]} here'
        raise ValueError(f'{training_set.name(row)} has the given {problem}')
    if file.scores is None:
        raise ValueError(f'{path} has no scores to report')
    paths = file.img_paths.tolist()
    labels = 1 + max(int(given.max()), int(file.suggested_labels.max()))
    return LabelReport(
        paths=paths,
        class_names=training_set.class_names(labels),
        given_labels=given,
        suggested_labels=file.suggested_labels,
        scores=file.scores,
        recommended=file.recommended,
        weights=file.weights,
        verification=training_set.verification,
        true_labels=training_set.true_labels,
        load_image=dataset_images(training_set),
        folder=folder_of(training_set, paths),
        **more,
    )
