"""What is known of each training sample, one row per ``sample_idx``."""

import torch
from torch import Tensor

__all__ = ['SampleTable']


class SampleTable:
    """The per-sample state of a run: row i is the sample with ``sample_idx`` i.

    The given labels come from the dataset and are not part of the state; the
    fingerprint of the dataset is, so that a table never meets the samples of another
    dataset. 17 bytes per row.

    Attributes:
        given_labels: (N,) int32, the labels of the dataset.
        suggested_labels: (N,) int32, the labels that a method proposes.
        scores: (N,) float32 in [0, 1], how well the given label fits (low: suspicious).
        weights: (N,) float32, the weight of the sample in training.
        selected: (N,) bool, whether a method takes the given label for right; unless
            it weighs samples, those that take part in training.

    Args:
        given_labels: (N,) integers.
        fingerprint: Identifies the dataset.

    >>> table = SampleTable(torch.tensor([2, 0]), fingerprint='1f3a')
    >>> table.suggested_labels, table.scores
    (tensor([2, 0], dtype=torch.int32), tensor([1., 1.]))
    """

    COLUMNS = ('suggested_labels', 'scores', 'weights', 'selected')

    def __init__(self, given_labels: Tensor, fingerprint: str) -> None:
        num_samples = len(given_labels)
        self.given_labels = given_labels.to(torch.int32)
        self.fingerprint = fingerprint
        self.suggested_labels = self.given_labels.clone()
        self.scores = torch.ones(num_samples)
        self.weights = torch.ones(num_samples)
        self.selected = torch.ones(num_samples, dtype=torch.bool)

    def __len__(self) -> int:
        return len(self.given_labels)

    def state_dict(self) -> dict:
        """Copies of the columns (a checkpoint may be written later) and the key."""
        state = {name: getattr(self, name).clone() for name in self.COLUMNS}
        return dict(state, fingerprint=self.fingerprint)

    def load_state_dict(self, state: dict) -> None:
        """Take over the columns of a checkpoint.

        Raises:
            ValueError: If the table belongs to another dataset.
        """
        length, fingerprint = len(state['suggested_labels']), state['fingerprint']
        if (length, fingerprint) != (len(self), self.fingerprint):
            raise ValueError(
                f'the checkpoint holds the table of another training set ({length} '
                f'samples, fingerprint {fingerprint[:12]}; the training set of this '
                f'config has {len(self)}, fingerprint {self.fingerprint[:12]}): resume '
                'with the dataset, labels and noise seed of the original run, or use '
                '`load_from` to start with a fresh table'
            )
        for name in self.COLUMNS:
            getattr(self, name).copy_(state[name])
