"""Texts of web images that stay in their JSON files until they are asked for."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.fileio import isdir, join_path, list_dir_or_file

from ...formats.json_file import read_json
from ...formats.text_lines import line_blocks, line_error

__all__ = ['JsonTexts', 'read_texts']

_ENTRY = re.compile(rb'[1-9][0-9]{0,8}')
_OPEN_FILES = 8


class JsonTexts:
    """N texts, each the title, the description and the tags of an entry of a file.

    A text takes 8 bytes; the last few files are kept. Neighbours are mostly in one
    file, so reading in order opens each file once, but random access reads a file for
    almost every text. The parts of a text are on lines of their own, commas
    separate tags; what an entry does not have is left out.

    Args:
        files: Paths of JSON files, each a list of objects that may hold ``title`` and
            ``description`` (strings) and ``tags`` (a list of strings); None where a
            file is missing, whose texts are None.
        file_rows: (N,) integers, the file of each text.
        entries: (N,) integers, its entry in the file, from 1.
        backend_args: Settings of MMEngine's file backend.
    """

    def __init__(
        self,
        files: Sequence[str | None],
        file_rows: np.ndarray,
        entries: np.ndarray,
        backend_args: dict | None = None,
    ) -> None:
        self.files = tuple(files)
        self.file_rows = np.asarray(file_rows, dtype=np.int32)
        self.entries = np.asarray(entries, dtype=np.int32)
        self.backend_args = backend_args
        self._open: dict[str, list] = {}  # what was used last is at the end

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, row: int) -> str | None:
        """Text ``row`` (0 to N - 1); a ValueError names a malformed file or entry."""
        path = self.files[self.file_rows[row]]
        if path is None:
            return None
        content, entry = self._read(path), int(self.entries[row])
        if entry > len(content):
            message = f'has {len(content)} entries, but entry {entry} is asked for'
            raise ValueError(f'{path} {message}')
        return _text(content[entry - 1], f'{path}, entry {entry}')

    @classmethod
    def concat(cls, texts: Sequence['JsonTexts']) -> 'JsonTexts':
        """The texts of several columns, one after the other."""
        starts = np.cumsum([0] + [len(column.files) for column in texts])
        return cls(
            [path for column in texts for path in column.files],
            np.concatenate([c.file_rows + start for c, start in zip(texts, starts)]),
            np.concatenate([column.entries for column in texts]),
            texts[0].backend_args,
        )

    def missing_rows(self) -> np.ndarray:
        """(n,) int64, the texts whose file is missing."""
        missing = np.array([path is None for path in self.files], dtype=bool)
        return np.flatnonzero(missing[self.file_rows])

    def take(self, rows: np.ndarray) -> 'JsonTexts':
        """The texts of some rows, (n,) integers from 0 to N - 1."""
        chosen = self.file_rows[rows], self.entries[rows]
        return JsonTexts(self.files, *chosen, self.backend_args)

    def __getstate__(self) -> dict:
        return dict(vars(self), _open={})

    def _read(self, path: str) -> list:
        content = self._open.pop(path, None)
        if content is None:
            content = read_json(path, self.backend_args)
            if not isinstance(content, list):
                kind = type(content).__name__
                raise ValueError(f'{path}: expected a list, but it holds a {kind}')
        self._open[path] = content
        if len(self._open) > _OPEN_FILES:
            del self._open[next(iter(self._open))]
        return content


def read_texts(
    path: str, data_root: str, source: str, backend_args: dict | None = None
) -> JsonTexts:
    """A text for each line of ``train_meta_list_<source>.txt`` of WebVision.

    ``google/q0001.json 1`` is the first entry of the file ``q0001.json`` in
    ``google_json/`` or ``meta/google/``. A ValueError names a malformed line.
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


def _json_files(root: str, source: str, backend_args: dict | None) -> dict[str, str]:
    """The paths of the JSON files that are there, by their names."""
    for folder in (f'{source}_json', f'meta/{source}'):
        path = join_path(root, folder)
        if isdir(path, backend_args):
            names = list_dir_or_file(path, list_dir=False, backend_args=backend_args)
            return {name: join_path(path, name) for name in names}
    return {}


def _text(entry: Any, where: str) -> str:
    if not isinstance(entry, dict):
        raise ValueError(f'{where}: expected an object, not a {type(entry).__name__}')
    parts = []
    for name in ('title', 'description'):
        value = entry.get(name) or ''
        if not isinstance(value, str):
            raise ValueError(f'{where}: {name} is no string but {value!r}')
        parts.append(value)
    tags = entry.get('tags') or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError(f'{where}: tags are no list of strings but {tags!r}')
    return '\n'.join(part for part in [*parts, ', '.join(tags)] if part)
