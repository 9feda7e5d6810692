"""What `find` is given: images with labels, as a folder, a table or a config."""

import os
from pathlib import Path
from typing import Any

from mmpretrain.registry import DATASETS

from ..datasets.class_names import in_order
from ..datasets.wrappers.noisy_labels import NoisyLabels
from .run_config import config_path, read_config

__all__ = ['check_apart', 'find_source', 'image_set', 'is_table']

TABLES = ('.csv', '.tsv', '.jsonl')
LOAD = dict(type='LoadImageFromFile', to_float32=True)


def check_apart(source: str, out: Path) -> None:
    """Refuse a folder for the result that lies in the folder of the images.

    Raises:
        ValueError: The next run would take it for a class, and its files for images.

    >>> check_apart('.', Path('found'))
    Traceback (most recent call last):
        ...
    ValueError: the folder 'found' is in that of the images: choose one outside of it
    """
    root = os.path.realpath(source)
    if os.path.isdir(root) and Path(os.path.realpath(out)).is_relative_to(root):
        problem = 'is in that of the images: choose one outside of it'
        raise ValueError(f'the folder {str(out)!r} {problem}')


def find_source(source: str, images: str | None = None) -> tuple[NoisyLabels, list]:
    """The training samples, numbered, and notes on what was left out.

    Args:
        source: A folder of class folders; a table (CSV, TSV, JSON Lines) of paths and
            labels, also the cleaned-label file that ``find`` wrote; or the config of a
            training, whose training set is taken.
        images: Of a table, the folder that its paths are relative to; by default the
            one that the table lies in.

    Raises:
        FileNotFoundError: If there is nothing.
        ValueError: If there are no images in class folders, or as ``ImageLabels``.
    """
    notes: list[str] = []
    config: Any = image_set(source, notes, images)
    if config is None and not os.path.exists(config_path(source)):
        raise FileNotFoundError(
            f'{source!r} is no folder, no table ({", ".join(TABLES)}) and no config'
        )
    if config is None:
        config = (read_config(source).get('train_dataloader') or {}).get('dataset')
    if not config:
        raise ValueError(f'{source} has no train_dataloader.dataset')
    try:
        dataset = DATASETS.build(config)
    except FileNotFoundError as error:
        if images is None and is_table(source) and os.path.exists(source):
            advice = 'give --root, the folder that the paths of the table are below'
            raise FileNotFoundError(f'{error}; {advice}') from error
        raise
    while type(dataset).__name__ in ('RepeatDataset', 'ClassBalancedDataset'):
        dataset = dataset.dataset  # each sample once
    return NoisyLabels(dataset), notes


def image_set(
    source: str, notes: list[str], images: str | None = None
) -> dict[str, Any] | None:
    """The config of the dataset of a folder or a table; None if it is neither.

    As :func:`find_source`, which adds to ``notes`` what was left out.
    """
    if os.path.isdir(source):
        return _folder(source, notes)
    return _table(source, images) if is_table(source) else None


def is_table(source: str) -> bool:
    """Whether it is called as a table, and is no folder."""
    return source.lower().endswith(TABLES) and not os.path.isdir(source)


def _folder(root: str, notes: list[str]) -> dict[str, Any]:
    """Every file is looked at, whatever its name ends in."""
    shown = [entry for entry in os.scandir(root) if not entry.name.startswith('.')]
    folders = [entry.name for entry in shown if entry.is_dir()]
    full = [name for name in folders if _holds_files(os.path.join(root, name))]
    empty = sorted({*folders} - {*full})
    if empty:
        notes.append(
            f'{len(empty)} class folders are empty, the first is {empty[0]!r}: left out'
        )
    if len(full) < 2:
        found = f'{len(full)} folders with images and {len(shown)} entries in all'
        raise ValueError(
            f'{root!r} has {found}, but there must be a folder for each of two classes '
            'or more: ROOT/CLASS/IMAGE; or give a table whose header is `path,label`'
        )
    classes = [*in_order(full)]
    return _images(data_root=root, classes=classes, extensions=[''])


def _holds_files(folder: str) -> bool:
    for _, folders, files in os.walk(folder):
        if any(not name.startswith('.') for name in files):
            return True
        if any(os.path.islink(os.path.join(folder, name)) for name in folders):
            return True  # not followed: ImageLabels says if it is a loop
    return False


def _table(path: str, images: str | None) -> dict[str, Any]:
    root = images or str(Path(path).parent)
    where = dict(ann_file=os.path.abspath(path), data_root=os.path.abspath(root))
    return _images(**where, missing_images='drop')


def _images(**settings: Any) -> dict[str, Any]:
    pipeline = [LOAD, dict(type='PackInputs')]
    return dict(type='ImageLabels', pipeline=pipeline, **settings)
