"""Where the text of each of WebVision's training images is."""

import re

import numpy as np
from mmengine.fileio import isdir, join_path, list_dir_or_file

from ...formats.text_lines import line_blocks, line_error
from .json_texts import JsonTexts

__all__ = ['read_webvision_texts']

_ENTRY = re.compile(rb'[1-9][0-9]{0,8}')


def read_webvision_texts(
    path: str, data_root: str, source: str, backend_args: dict | None = None
) -> JsonTexts:
    """Read ``train_meta_list_<source>.txt``, ``google/q0001.json 1`` a line.

    Entries count from 1. The file ``google/q0001.json`` lies in ``google_json/`` or in
    ``meta/google/``.

    Args:
        path: The list.
        data_root: The folder of the JSON files' folders.
        source: ``'google'`` or ``'flickr'``.
        backend_args: Of MMEngine's file backend.

    Returns:
        A text for each line.

    Raises:
        FileNotFoundError: If there is no list.
        ValueError: Naming the file and the line, if it is malformed.
    """
    start = f'{source}/'.encode()
    names: dict[bytes, int] = {}
    rows, entries = [], []
    for first_line, lines in line_blocks(path, backend_args):
        pairs = [line.rpartition(b' ') for line in lines]
        for row, (name, _, entry) in enumerate(pairs):
            if not name.startswith(start) or not _ENTRY.fullmatch(entry):
                message = f'expected {source}/<file> and an entry from 1 on'
                raise line_error(path, row, message, first_line)
        codes = [names.setdefault(name, len(names)) for name, _, _ in pairs]
        rows.append(np.array(codes, dtype=np.int32))
        entries.append(np.array([int(e) for _, _, e in pairs], dtype=np.int32))
    found = _json_files(data_root, source, backend_args)
    files = [found.get(name.removeprefix(start).decode()) for name in names]
    return JsonTexts(files, np.concatenate(rows), np.concatenate(entries), backend_args)


def _json_files(
    data_root: str, source: str, backend_args: dict | None
) -> dict[str, str]:
    """The paths of the JSON files that are there, by their names."""
    for folder in (f'{source}_json', f'meta/{source}'):
        path = join_path(data_root, folder)
        if isdir(path, backend_args=backend_args):
            names = list_dir_or_file(path, list_dir=False, backend_args=backend_args)
            return {name: join_path(path, name) for name in names}
    return {}
