"""Verification labels over any dataset: from a file, or simulated."""

from typing import Any

import numpy as np
from mmpretrain.registry import DATASETS

from ...checks import check_fraction
from ...formats.verification_file import read_verification_file
from ..sample_columns import SampleColumns
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
        share: Share of the samples to verify, in (0, 1].
        seed: Random seed of the samples drawn for ``share``.
        **kwargs: As in :class:`NoisyLabels`, whose view this is.

    Raises:
        ValueError: If neither or both of ``file`` and ``share`` are given, a row of the
            file does not match its sample (naming the line), or true labels are
            missing.

    >>> noise = dict(type='symmetric', rate=0.5)
    >>> dataset = VerificationLabels(dict(type='Digits'), share=0.1, noise=noise)
    >>> verification = dataset.columns.verification
    >>> (verification == 1).sum(), (verification == 0).sum()
    (0, 0)
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
        if self.file is not None:
            table = self._read(self.file, columns)
            known = table['verification'] >= 0
            verification[table['sample_idx'][known]] = table['verification'][known]
        else:
            chosen = self._chosen(columns)
            right = columns.true_labels[chosen] == columns.labels[chosen]
            verification[chosen] = right
        return columns.replace(verification=verification)

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        initialized = self._fully_initialized
        count = (self.columns.verification >= 0).sum() if initialized else '?'
        source = self.file or f'{self.share} of the true labels'
        return [*super().extra_repr(), f'Verified: \t{count}, by {source}']

    @staticmethod
    def _read(path: str, columns: SampleColumns) -> dict[str, np.ndarray]:
        table = read_verification_file(path)
        read = table.columns
        for row, index in enumerate(read['sample_idx'].tolist()):
            if index >= len(columns):
                raise table.error(
                    row, f'there is no sample {index}, the dataset has {len(columns)}'
                )
            label, given = int(read['given_label'][row]), int(columns.labels[index])
            if label != given:
                raise table.error(
                    row, f'label {label} was verified, but sample {index} has {given}'
                )
            named, img_path = read['img_path'][row], columns.paths[index]
            if not same_file(img_path, named):
                raise table.error(
                    row, f'it is for {named!r}, but sample {index} is {img_path!r}'
                )
        return read

    def _chosen(self, columns: SampleColumns) -> np.ndarray:
        """The samples whose verification is simulated."""
        count = max(1, round(float(self.share or 0) * len(columns)))
        generator = np.random.default_rng(self.seed)
        chosen = generator.permutation(len(columns))[:count]
        unknown = chosen[columns.true_labels[chosen] < 0]
        if unknown.size:
            raise ValueError(
                f'sample {unknown[0]} has no `true_label` to simulate a verification '
                'label with: give a `file`, or `keep_true_label=True` to the '
                'NoisyLabels inside'
            )
        return chosen
