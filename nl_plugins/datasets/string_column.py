"""A million strings in two buffers instead of a million objects."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

__all__ = ['StringColumn']

_BLOCK = 65536


class StringColumn:
    """Strings that worker processes share: one blob of UTF-8 and where each ends.

    Reading a string touches no reference count in the blob, so forked workers do not
    copy it. File names that are no UTF-8 pass through, as in :func:`os.fsdecode`.

    Args:
        blob: The encoded strings, one after the other.
        offsets: (N + 1,) int64; string i is ``blob[offsets[i]:offsets[i + 1]]``.
        prefix: What all strings begin with, stored once.
    """

    def __init__(self, blob: bytes, offsets: np.ndarray, prefix: str = '') -> None:
        self.blob, self.offsets, self.prefix = blob, offsets, prefix

    @classmethod
    def from_strings(cls, strings: Iterable[str | bytes]) -> 'StringColumn':
        """Pack strings (or strings already encoded)."""
        encoded = list(map(_encode, strings))
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(b''.join(encoded), offsets)

    @classmethod
    def concat(cls, columns: Sequence['StringColumn']) -> 'StringColumn':
        """The strings of several columns, one column after the other."""
        prefixes = {column.prefix for column in columns}
        if len(prefixes) > 1:
            return cls.from_strings(string for column in columns for string in column)
        lengths = np.concatenate([np.diff(column.offsets) for column in columns])
        blob = b''.join(column.blob for column in columns)
        return cls(blob, np.append(np.int64(0), np.cumsum(lengths)), *prefixes)

    def with_prefix(self, prefix: str) -> 'StringColumn':
        """The same strings with this before each; the blob is shared."""
        return StringColumn(self.blob, self.offsets, prefix + self.prefix)

    def take(self, rows: np.ndarray) -> 'StringColumn':
        """The strings of some rows, (n,) integers from 0 to N - 1."""
        starts, ends = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        encoded = (self.blob[start:end] for start, end in zip(starts, ends))
        return StringColumn.from_strings(encoded).with_prefix(self.prefix)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        """String ``row``, from 0 to N - 1."""
        start, end = self.offsets[row : row + 2].tolist()
        return self.prefix + _decode(self.blob[start:end])

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _BLOCK):
            bounds = self.offsets[first : first + _BLOCK + 1].tolist()
            for start, end in pairwise(bounds):
                yield self.prefix + _decode(self.blob[start:end])


def _encode(string: str | bytes) -> bytes:
    return (
        string
        if isinstance(string, bytes)
        else string.encode('utf-8', 'surrogateescape')
    )


def _decode(encoded: bytes) -> str:
    return encoded.decode('utf-8', 'surrogateescape')
