"""Verification labels over any dataset: from a file, or simulated."""

from typing import Any

import numpy as np
from mmpretrain.registry import DATASETS

from ...checks import check_fraction
from ...formats.csv_table import Table
from ...formats.verification_file import read_verification_file
from ..sample_columns import SampleColumns
from .file_labels import same_file
from .noisy_labels import NoisyLabels

__all__ = ['VerificationLabels']


@DATASETS.register_module()
class VerificationLabels(NoisyLabels):
    """Says of some samples whether their given label is right.

    Samples get ``verification``: 1 the given label is right, 0 it is wrong, -1 nobody
    looked. What the inner dataset says is kept where ``file`` or ``share``, of which
    exactly one must be given, says nothing.

    Args:
        file: Path of a CSV that ``tools/verify.py`` wrote and a person filled in. Its
            rows are those of this dataset's samples (before ``indices``).
        share: For experiments: a random share of the samples, in (0, 1], is verified by
            comparing the given label with ``true_label``, which all of these must have.
        seed: Random seed of the samples drawn for ``share``.
        **kwargs: As in :class:`NoisyLabels`, whose view this is.

    Raises:
        ValueError: If a row of the file does not match its sample (naming the line), or
            true labels are missing.

    >>> noise = dict(type='symmetric', rate=0.5)
    >>> dataset = VerificationLabels(dict(type='Digits'), share=0.1, noise=noise)
    >>> np.unique(dataset.columns.verification, return_counts=True)[1].tolist()
    [1293, 76, 68]
    """

    def __init__(
        self,
        dataset: Any,
        file: str | None = None,
        share: float | None = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        if (file is None) == (share is None):
            raise ValueError('give VerificationLabels either file or share')
        self.file = file
        self.share = None if share is None else check_fraction(share, 'share')
        super().__init__(dataset, seed=seed, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The samples with their verification labels."""
        columns = super().load_columns()
        verification = columns.verification.copy()
        if self.share is None:
            table = read_verification_file(self.file or '')
            _check(table, columns)
            answers = table.columns['verification']
            known = answers >= 0
            verification[table.columns['sample_idx'][known]] = answers[known]
            return columns.replace(verification=verification)
        count = max(1, round(self.share * len(columns)))
        rows = np.random.default_rng(self.seed).permutation(len(columns))[:count]
        for row in rows[columns.true_labels[rows] < 0][:1]:
            raise ValueError(
                f'sample {row} has no `true_label` to simulate a verification label '
                'with: give a `file`, or the NoisyLabels inside `keep_true_label=True`'
            )
        verification[rows] = columns.true_labels[rows] == columns.labels[rows]
        return columns.replace(verification=verification)

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        loaded = self._fully_initialized
        count = (self.columns.verification >= 0).sum() if loaded else '?'
        source = self.file or f'{self.share} of the true labels'
        return [*super().extra_repr(), f'Verified: \t{count}, by {source}']


def _check(table: Table, columns: SampleColumns) -> None:
    """Refuse a list that was made for other data."""
    read = (table.columns[name] for name in ('sample_idx', 'given_label', 'img_path'))
    for row, (index, label, named) in enumerate(zip(*read)):
        if index >= len(columns):
            message = f'there is no sample {index}, the dataset has {len(columns)}'
        elif label != (given := columns.labels[index]):
            message = f'label {label} was verified, but sample {index} has {given}'
        elif not same_file(path := columns.paths[index], named):
            message = f'it is for {named!r}, but sample {index} is {path!r}'
        else:
            continue
        raise table.error(row, message)
