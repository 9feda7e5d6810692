"""Find the images in folders that are named after their classes."""

import os
from collections.abc import Iterable, Sequence

import numpy as np
from mmengine.fileio import get_file_backend

from .class_names import in_order

__all__ = ['find_images']

_NO_IMAGES = "; if all files are images, give the dataset extensions=['']"


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
        ValueError: If it holds no folders, a link in a loop, no image of a class or,
            without ``classes``, a folder without images, which must not become a class
            by accident.
    """
    backend = get_file_backend(root, enable_singleton=True)
    if not backend.isdir(root):
        raise FileNotFoundError(f'there is no folder {root!r} of class folders')
    folders = _shown(backend.list_dir_or_file(root, list_file=False))
    if not folders:
        raise ValueError(f'{root!r} holds no folders; each class needs one')
    entries = _entries(root)  # refuses loops, in which a list goes round
    files = _shown(backend.list_dir_or_file(root, list_dir=False, recursive=True))
    images = [name for name in files if name.lower().endswith(tuple(extensions))]
    used = set(map(_folder, images))
    empty = [name for name in folders if classes is None and name not in used]
    if empty:
        others = sorted({os.path.splitext(n)[1] for n in files if _folder(n) in empty})
        raise _empty_folders(root, empty, others, extensions)
    classes = tuple(in_order(folders) if classes is None else classes)
    codes = {name: code for code, name in enumerate(classes)}
    paths = [name for name in images if _folder(name) in codes]
    if not paths:
        known = f'{_few(classes)}; its folders are {_few(folders)}'
        raise ValueError(f'{root!r} holds images of none of the classes {known}')
    left_out = {
        'files are no images by their names': set(files) - set(images),
        'images are in no folder of a class': set(images) - set(paths),
        'are links that lead nowhere, pipes or devices': set(_shown(entries))
        - set(files),
    }
    advice = {'files are no images by their names': _NO_IMAGES}
    notes = [
        f'{len(names)} {what} ({_few(sorted(names))}): left out{advice.get(what, "")}'
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


def _empty_folders(
    root: str, empty: Sequence[str], others: Sequence[str], extensions: Sequence[str]
) -> ValueError:
    found = f', but files that end in {_few(others)}' if others else ''
    more = f' and {len(empty) - 1} more ({_few(empty[1:])})' if empty[1:] else ''
    kinds = ', '.join(extensions)
    return ValueError(
        f'the folder {empty[0]!r}{more} in {root!r} holds no images ({kinds}){found}: '
        'if it is a class, list all classes=[...], alike in each split, and '
        'if its files are images, their extensions=[...]; else remove it'
    )


def _shown(names: Iterable[str]) -> list[str]:
    """Sorted, without what a name that begins with a dot hides."""
    return sorted(name for name in names if '/.' not in f'/{name}')


def _folder(name: str) -> str:
    """The topmost folder of a path; '' if there is none."""
    return name.partition('/')[0] if '/' in name else ''


def _entries(root: str) -> list[str]:
    """What is no folder, and lies in no linked one; none beyond the file system."""
    entries = []
    for path, folders, names in os.walk(root):
        for link in filter(os.path.islink, (os.path.join(path, n) for n in folders)):
            _refuse_loop(link)
        below = os.path.relpath(path, root)
        entries += [os.path.normpath(f'{below}/{name}') for name in names]
    return entries


def _refuse_loop(link: str, above: tuple[str, ...] = ()) -> None:
    """A ValueError if a link leads to a folder that it lies in, also over others."""
    target, here = os.path.realpath(link), os.path.realpath(os.path.dirname(link))
    for folder in (*above, here):
        if f'{folder}/'.startswith(f'{target.rstrip("/")}/'):
            problem = f'leads to {target!r}, the folder that holds it: a loop'
            raise ValueError(f'the link {link!r} {problem}; remove the link')
    for path, folders, _ in os.walk(target):
        for name in folders:
            if os.path.islink(inner := os.path.join(path, name)):
                _refuse_loop(inner, (*above, here))


def _few(names: Sequence[str]) -> str:
    return ', '.join(map(repr, names[:5])) + ', ...' * (len(names) > 5)
