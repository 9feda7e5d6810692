"""Find the images in folders that are named after their classes."""

import os
from collections.abc import Iterable, Sequence

import numpy as np
from mmengine.fileio import get_file_backend

from .class_names import in_order

__all__ = ['find_images']

_ADVICE = (
    'give this and every other dataset of the run the same list of all classes '
    '(`classes=[...]`), in which it keeps its number'
)


def find_images(
    root: str, extensions: Sequence[str], classes: Sequence[str] | None = None
) -> tuple[list[str], np.ndarray, tuple[str, ...], list[str]]:
    """List ``root/<class>/**/<image>``.

    Hidden files and folders are passed over. Other files, links that lead nowhere and
    images outside of the classes' folders are left out and noted.

    Args:
        root: A folder on any backend of MMEngine that can list folders.
        extensions: How the names of images end, in lower case; compared without case.
        classes: The folders to use; by default all of them, sorted: as numbers if all
            names are integers, else as text.

    Returns:
        N sorted paths below ``root``, (N,) int32 positions in the list of classes, this
        list, and notes on what was left out.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If it holds no folders, no image of a class or, without ``classes``,
            a folder without images, which must not become a class by accident.
    """
    backend = get_file_backend(root, enable_singleton=True)
    if not backend.isdir(root):
        raise FileNotFoundError(f'there is no folder {root!r} of class folders')
    folders = _shown(backend.list_dir_or_file(root, list_file=False))
    if not folders:
        raise ValueError(f'{root!r} holds no folders; each class needs one')
    files = _shown(backend.list_dir_or_file(root, list_dir=False, recursive=True))
    images = [name for name in files if name.lower().endswith(tuple(extensions))]
    used = set(map(_folder, images))
    for folder in [name for name in folders if classes is None and name not in used]:
        where, kinds = f'the folder {folder!r} in {root!r}', ', '.join(extensions)
        raise ValueError(f'{where} holds no images ({kinds}): {_ADVICE}')
    classes = tuple(in_order(folders) if classes is None else classes)
    codes = {name: code for code, name in enumerate(classes)}
    paths = [name for name in images if _folder(name) in codes]
    if not paths:
        known = f'{_few(classes)}; its folders are {_few(folders)}'
        raise ValueError(f'{root!r} holds images of none of the classes {known}')
    left_out = {
        'files are no images by their names': set(files) - set(images),
        'images are in no folder of a class': set(images) - set(paths),
        'links lead nowhere': _broken_links(root, files),
    }
    notes = [
        f'{len(names)} {what}, the first is {min(names)!r}: left out'
        for what, names in left_out.items()
        if names
    ]
    if all(path.count('/') > 1 for path in paths):  # splits that look like classes
        notes.append(
            'every image is in a folder inside the folder of its class, such as '
            f'{paths[0]!r}: if the inner folders are the classes, give the folder that '
            'holds them as data_root and data_prefix'
        )
    labels = np.array([codes[_folder(name)] for name in paths], np.int32)
    return paths, labels, classes, notes


def _shown(names: Iterable[str]) -> list[str]:
    """Sorted, without what a name that begins with a dot hides."""
    return sorted(name for name in names if '/.' not in f'/{name}')


def _folder(name: str) -> str:
    """The topmost folder of a path; '' if there is none."""
    return name.partition('/')[0] if '/' in name else ''


def _broken_links(root: str, files: list[str]) -> set[str]:
    """What is neither a file nor a folder, where the backend is the file system."""
    names = (
        os.path.normpath(f'{os.path.relpath(path, root)}/{name}')
        for path, _, found in os.walk(root)
        for name in found
    )
    return set(_shown(names)) - set(files)


def _few(names: Sequence[str]) -> str:
    return ', '.join(map(repr, names[:5])) + ', ...' * (len(names) > 5)
