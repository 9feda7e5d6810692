"""Read a pickled dict of integer arrays, running nothing that the file asks for.

CIFAR-N comes as pickles. ``torch.load(weights_only=True)`` refuses NumPy arrays on
torch 2.1 and lets nobody allow-list them before 2.4, so the pickle is read here, the
same way on every version: the only names that resolve are those of ``_ALLOWED``, and
they lead to functions of this file.
"""

import io
import os
import pickle
import zipfile
from typing import IO, Any

import numpy as np
from mmengine.fileio import get

__all__ = ['load_label_pickle']


def load_label_pickle(path: str | os.PathLike) -> dict[str, Any]:
    """Load a dict of integer arrays, made int64, as CIFAR-N saves its labels.

    The file is one of ``torch.save`` (the zip format) or ``pickle.dump``, on any
    backend of MMEngine; a ValueError refuses one that holds or asks for anything else.
    """
    file = io.BytesIO(get(path))
    if not file.getbuffer().nbytes:
        raise ValueError(f'{os.fspath(path)} is empty (0 bytes): download it again')
    try:
        content = _LabelUnpickler(_pickle_in(file), encoding='latin1').load()
    except Exception as error:  # a broken pickle can raise anything
        raise ValueError(f'{os.fspath(path)}: refused to load: {error}') from error
    if not isinstance(content, dict):
        kind = type(content).__name__
        raise ValueError(f'{os.fspath(path)}: expected a dict, but it holds a {kind}')
    return {k: v.value if isinstance(v, _Array) else v for k, v in content.items()}


def _pickle_in(file: IO[bytes]) -> IO[bytes]:
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return file
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith('data.pkl')]
        if len(names) != 1:
            raise ValueError('it is no file of torch.save')
        return io.BytesIO(archive.read(names[0]))


class _LabelUnpickler(pickle.Unpickler):
    """Resolves what NumPy arrays are pickled with, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            what = f'{module}.{name}; only dicts of NumPy arrays are loaded'
            raise ValueError(f'it asks for {what}')
        return _ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise ValueError('it holds tensors; save NumPy arrays (tensor.numpy())')


class _Array:
    """Takes the state of a pickled array; NumPy's own C code never sees it."""

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, fortran, data = state
        flat = np.frombuffer(data, dtype.code)
        self.value = flat.reshape(shape, order='F' if fortran else 'C').astype(np.int64)


class _IntegerType:
    """Takes the state of a pickled dtype: the byte order of an integer."""

    def __init__(self, code: str) -> None:
        if np.dtype(code).kind not in 'iu':
            raise ValueError(f'it holds {np.dtype(code)} values; labels are integers')
        self.code = code

    def __setstate__(self, state: tuple) -> None:
        self.code = np.dtype(self.code).newbyteorder(state[1]).str


def _not_callable(*args: Any) -> None:
    raise ValueError('it calls numpy.ndarray')  # which is only an argument


def _encode(text: str, encoding: str) -> bytes:
    if encoding != 'latin1':  # the one codec that arrays are pickled with
        raise ValueError(f'it uses the codec {encoding!r}')
    return text.encode('latin1')


_ALLOWED: dict[tuple[str, str], Any] = {
    ('numpy.core.multiarray', '_reconstruct'): lambda *args: _Array(),
    ('numpy._core.multiarray', '_reconstruct'): lambda *args: _Array(),
    ('numpy', 'ndarray'): _not_callable,
    ('numpy', 'dtype'): lambda code, *args: _IntegerType(code),
    ('_codecs', 'encode'): _encode,
}
