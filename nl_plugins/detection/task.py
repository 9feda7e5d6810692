"""Label noise detection as a task that methods are compared on."""

from dataclasses import dataclass

import numpy as np
import torch

from ..functional import choose_threshold, class_errors

__all__ = ['DetectionTask']


@dataclass
class DetectionTask:
    """Features of some samples, and what a method may know of them."""

    features: np.ndarray  # (n, d) float32 unit vectors
    labels: np.ndarray  # (n,) int64 given labels
    probs: np.ndarray  # (n, K) float32 predictions of the network the features are from
    verification: np.ndarray  # (n,) of 1 right, 0 wrong, -1 unknown: to learn from
    judged: np.ndarray  # (n,) the same, to judge by; no sample is in both
    class_features: np.ndarray  # (K, d) float32, the direction of each class
    seed: int = 0  # random seed of all that a method draws

    @property
    def num_classes(self) -> int:
        """K."""
        return self.probs.shape[1]

    @property
    def is_verified(self) -> bool:
        """Whether there is a verification label to learn from."""
        return bool((self.verification >= 0).any())

    def class_errors(self, relevant: np.ndarray) -> np.ndarray:
        """(K,) error rate of each class; NaN where nothing judges it."""
        known = torch.from_numpy(self.judged), torch.from_numpy(self.labels)
        predicted = torch.from_numpy(relevant)
        return class_errors(predicted, *known, self.num_classes).numpy()

    def above_threshold(self, scores: np.ndarray) -> np.ndarray:
        """(n,) bool, the scores from the threshold that suits the verified samples.

        NaN (undecided) where none is verified.
        """
        if not self.is_verified:
            return np.full(len(scores), np.nan)
        values = torch.from_numpy(scores.astype(np.float32))
        known = torch.from_numpy(self.verification), torch.from_numpy(self.labels)
        threshold = choose_threshold(values, *known, self.num_classes)
        return values.numpy() >= np.float32(threshold)
