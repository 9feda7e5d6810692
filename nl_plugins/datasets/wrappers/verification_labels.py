"""Verification labels over any dataset: from a file, or simulated."""

from typing import Any, List, Optional

import numpy as np
from mmpretrain.registry import DATASETS

from ...formats.verification_file import read_verification_file
from .file_labels import same_file
from .noisy_labels import NoisyLabels

__all__ = ['VerificationLabels']


@DATASETS.register_module()
class VerificationLabels(NoisyLabels):
    """Says of some samples whether their given label is right.

    Samples get ``verification``: 1 the given label is right, 0 it is wrong, -1 nobody
    looked. What the inner dataset says is kept where the file (or the simulation) says
    nothing.

    Exactly one of the two:

    - ``file``: a CSV that ``tools/verify.py`` wrote and a person filled in. Its rows
      are those of this dataset's samples (before ``indices``).
    - ``share``: for experiments. A random share of the samples is verified by
      comparing the given label with ``true_label``, which all of these must have.

    Args:
        dataset: As in :class:`NoisyLabels`.
        file: Path of the CSV.
        share: In (0, 1].
        seed: Of the samples drawn for ``share``.
        **kwargs: As in :class:`NoisyLabels`, whose view this is.

    Raises:
        ValueError: If neither or both of ``file`` and ``share`` are given, a row of the
            file does not match its sample (naming the line), or true labels are
            missing.
    """

    def __init__(
        self,
        dataset: Any,
        file: Optional[str] = None,
        share: Optional[float] = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        if (file is None) == (share is None):
            raise ValueError('give VerificationLabels either file or share')
        if share is not None and not 0 < share <= 1:
            raise ValueError(f'share must lie in (0, 1], got {share!r}')
        self.file = file
        self.share = share
        super().__init__(dataset, seed=seed, **kwargs)

    def load_data_list(self) -> np.ndarray:
        """Read or simulate the verification labels."""
        rows = super().load_data_list()
        self._verification = np.full(len(rows), -1, dtype=np.int8)
        if self.file is not None:
            self._read(self.file)
        else:
            self._simulate(float(self.share or 0))
        return rows

    def get_data_info(self, idx: int) -> dict:
        """The inner dataset's sample with its verification label."""
        info = super().get_data_info(idx)
        verification = int(self._verification[self.data_list[info['sample_idx']]])
        if verification >= 0:
            info['verification'] = verification
        else:
            info.setdefault('verification', -1)
        return info

    def extra_repr(self) -> List[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        count = int((self._verification >= 0).sum()) if self._fully_initialized else '?'
        source = self.file or f'{self.share} of the true labels'
        return [*super().extra_repr(), f'Verified: \t{count}, by {source}']

    def _read(self, path: str) -> None:
        table = read_verification_file(path)
        for place, row in enumerate(table.rows.tolist()):
            where = f'{path}, line {table.lines[place]}'
            if row >= len(self._labels):
                raise ValueError(
                    f'{where}: there is no sample {row}, the dataset has '
                    f'{len(self._labels)}'
                )
            label, given = int(table.given_labels[place]), int(self._labels[row])
            if label != given:
                raise ValueError(
                    f'{where}: label {label} was verified, but sample {row} has {given}'
                )
            img_path = self.dataset.get_data_info(row).get('img_path') or ''
            if not same_file(img_path, table.img_paths[place]):
                raise ValueError(
                    f'{where}: it is for {table.img_paths[place]!r}, but sample {row} '
                    f'is {img_path!r}'
                )
        self._verification[table.rows] = table.verification

    def _simulate(self, share: float) -> None:
        size = len(self._labels)
        count = max(1, round(share * size))
        chosen = np.random.default_rng(self.seed).permutation(size)[:count]
        for row in chosen.tolist():
            true = self._true_label(row)
            if true < 0:
                raise ValueError(
                    f'sample {row} has no `true_label` to simulate a verification '
                    'label with: give a `file`, or `keep_true_label=True` to the '
                    'NoisyLabels inside'
                )
            self._verification[row] = int(true == self._labels[row])

    def _true_label(self, row: int) -> int:
        known = -1 if self._true_labels is None else self._true_labels[row]
        return int(self.dataset.get_data_info(row).get('true_label', known))
