"""Verification labels over any dataset: from a file, or simulated."""

import logging
from typing import Any

import numpy as np
from mmengine.logging import print_log
from mmpretrain.registry import DATASETS

from ...checks import check_fraction
from ..class_names import class_names
from ..sample_columns import SampleColumns
from ..verified_rows import verified_rows
from .file_labels import few_match
from .noisy_labels import NoisyLabels

__all__ = ['VerificationLabels']


@DATASETS.register_module()
class VerificationLabels(NoisyLabels):
    """Says of some samples whether their given label is right.

    Samples get ``verification``: 1 the given label is right, 0 it is wrong, -1 nobody
    looked. What the inner dataset says is kept where ``file`` or ``share``, of which
    exactly one must be given, says nothing.

    Args:
        file: Path of a list that ``tools/verify.py`` wrote and a person filled in, or
            of the marks that a report exported: any label file with a column
            ``verification``; those that its column ``mark`` calls 'unsure' become -1.
            Its rows are matched by path with this dataset's samples (before
            ``indices``); :attr:`notes` tells which are gone, or have another label now,
            by its name if both sides have names, and are not used.
        share: For experiments: a random share of the samples, in (0, 1], is verified by
            comparing the given label with ``true_label``, which all of these must have.
        seed: Random seed of the samples drawn for ``share``.
        **kwargs: As in :class:`NoisyLabels`, whose view this is.

    Raises:
        ValueError: If most of the rows cannot be used, since the file belongs to other
            data, or true labels are missing.

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
        if self.share is None:
            return columns.replace(verification=self._from_file(columns))
        verification = columns.verification.copy()
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

    def _from_file(self, columns: SampleColumns) -> np.ndarray:
        read = verified_rows(self.file or '', columns, class_names(self.dataset))
        if few_match(int(read.same.sum()), len(read.file), len(columns)):
            raise ValueError(f'the file is of other data: {"; ".join(read.notes)}')
        for note in read.notes:
            self.notes.append(note)
            print_log(f'VerificationLabels: {note}', 'current', logging.WARNING)
        return read.laid_over(columns.verification)
