"""Features of all samples of a data set, in a folder that is mapped into memory."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from .json_file import read_json

__all__ = ['FeatureFile']

FACTS = 'feature_file.json'
FEATURES, SAMPLES, STATISTICS = 'features.npy', 'samples.npz', 'statistics.npy'
FORMAT = 1


class FeatureFile:
    """What ``tools/extract.py`` wrote; of the features, only what is used is read.

    The folder holds ``features.npy``, ``samples.npz`` (names and integer columns),
    ``statistics.npy`` and ``feature_file.json``. Nothing in it is unpickled. Copies of
    the object share the map, and a spawned worker opens the files anew.

    Args:
        path: The folder.

    Attributes:
        features: (V, N, d) float16, read-only: V views of N samples. View 0 is that
            without augmentation.
        names: (bytes, (N + 1,) int64): the names of the samples in UTF-8, one after the
            other, and where each begins and the last ends.
        columns: Integers (N,) by the name of a column; ``labels`` are the given ones,
            -1 is unknown. What is not there is known of no sample.
        classes: The names of the classes; none if the data set does not tell them.
        identity: What tells two files apart, fingerprints (text) by name: ``network``,
            ``pipeline``, ``views``, ``samples``.
        about: Where the features are from, for people.

    Raises:
        FileNotFoundError: If there is no such folder, or its extraction is unfinished.
        ValueError: Naming the file that does not fit.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        if not (self.path / FACTS).is_file():
            unfinished = part_of(self.path).is_dir()
            problem = 'is not finished' if unfinished else 'is no feature file'
            advice = 'run the extraction again' if unfinished else 'make one with it'
            raise FileNotFoundError(f'{path} {problem} of tools/extract.py: {advice}')
        facts = self._facts()
        self.classes: list[str] = facts['classes']
        self.identity: dict[str, str] = facts['identity']
        self.about: dict[str, Any] = facts['about']
        mapped = self._loaded(FEATURES, mmap_mode='r')
        self.features = np.asarray(mapped)
        self._check(FEATURES, mapped, np.float16, tuple(facts['shape']))
        with self._loaded(SAMPLES) as arrays:
            self.columns = {name: arrays[name] for name in arrays.files}
        blob, ends = self.columns.pop('names'), self.columns.pop('name_ends')
        self._check('names', ends, np.int64, (len(self) + 1,))
        self.names = blob.tobytes(), ends
        for name, column in self.columns.items():
            self._check(name, column, column.dtype, (len(self),))
        self._statistics = self._loaded(STATISTICS)
        self._check(STATISTICS, self._statistics, np.float64, (2, self.dim))

    def __len__(self) -> int:
        """The number of samples N."""
        return self.features.shape[1]

    @property
    def num_views(self) -> int:
        """V."""
        return self.features.shape[0]

    @property
    def dim(self) -> int:
        """The number of features d."""
        return self.features.shape[2]

    @property
    def mean(self) -> np.ndarray:
        """(d,) float64, over the samples of view 0."""
        return self._statistics[0]

    @property
    def std(self) -> np.ndarray:
        """(d,) float64, over the samples of view 0; 0 where a feature is constant."""
        return self._statistics[1]

    def __reduce__(self) -> tuple:
        return FeatureFile, (self.path,)

    def __deepcopy__(self, memo: dict) -> 'FeatureFile':
        return self

    def _facts(self) -> dict:
        path = self.path / FACTS
        facts = read_json(str(path))
        keys = {'format', 'shape', 'classes', 'identity', 'about'}
        complete = isinstance(facts, dict) and keys <= facts.keys()
        if not complete or facts['format'] != FORMAT:
            wanted = f'the JSON of a feature file of format {FORMAT}'
            raise ValueError(f'{path} is not {wanted}: extract the features again')
        return facts

    def _loaded(self, name: str, **how: Any) -> Any:
        path = self.path / name
        try:
            return np.load(path, allow_pickle=False, **how)
        except (ValueError, EOFError) as error:
            raise ValueError(f'{path} cannot be read: {error}') from error

    def _check(self, name: str, array: Any, dtype: Any, shape: tuple) -> None:
        if array.dtype != dtype or array.shape != shape:
            found = f'{array.dtype} {array.shape}'
            wanted = f'{np.dtype(dtype)} {shape}'
            raise ValueError(f'{self.path}: {name} is {found}, not {wanted}')


def part_of(path: Path) -> Path:
    """Where an extraction lies until it is finished."""
    return path.with_name(path.name + '.part')
