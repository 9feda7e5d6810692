"""What tells two sets of data apart."""

import hashlib
from typing import Any

import numpy as np

__all__ = ['digest', 'fingerprint']


def fingerprint(*parts: Any) -> str:
    """SHA-256 of arrays, tensors on the CPU and strings, the same on every machine.

    An array counts with its dtype, in little-endian order: cast labels that may come as
    int32 or int64 first.

    >>> fingerprint(np.array([1, 0, 2], np.int64))[:8]
    '23e8d60b'
    """
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            found.update(part.encode('utf-8', 'replace'))
        else:
            array = np.asarray(part)
            found.update(array.astype(array.dtype.newbyteorder('<')).tobytes())
    return found.hexdigest()


def digest(content: bytes) -> bytes:
    """16 bytes that tell the contents of files apart."""
    return hashlib.blake2b(content, digest_size=16).digest()
