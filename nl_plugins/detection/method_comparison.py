"""Which method finds the wrong labels best, and what it says of all samples."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from mmengine.dist import broadcast_object_list, is_main_process
from scipy.stats import spearmanr
from torch import Tensor

from ..functional import class_directions
from ..supervision.feature_bank import FeatureBank
from ..supervision.gather import Columns, gather_units
from .detection_result import CLEANNET, CLOSED_FORM, DetectionResult
from .one_class_detectors import too_large
from .table import ONE_CLASS, best_detector, compare_detectors, detectors
from .task import DetectionTask
from .unsupervised_detectors import average_cosines
from .verification_split import VerificationSplit

__all__ = ['MethodComparison']


@dataclass
class MethodComparison:
    """Compares methods on some samples, and lets one of them decide on all.

    To be asked on all ranks; the first has what results.
    """

    result: DetectionResult  # to be filled
    bank: FeatureBank  # the features of this rank's samples
    found: Columns  # ``probs`` (N, K) of the network
    given: Tensor  # (N,) given labels
    split: VerificationSplit
    seed: int

    def compare(self, rows: Tensor) -> None:
        """Judge where something judges, and compare scores in any case."""
        rows = rows[self.result.known[rows]]
        task = self._task(rows)
        if not is_main_process():
            return
        self.result.agreement = _agreement(self._scores(task, rows))
        if not (self.split.judged >= 0).any():
            return
        everything = None
        if not torch.equal(self.split.learnt, self.split.all_classes):
            hidden = self.split.all_classes[rows].numpy()
            everything = replace(task, verification=hidden)
        decided = {
            name: self.result.decided(name)[rows].numpy()
            for name in self.result.decisive
        }
        self.result.methods = compare_detectors(task, decided, everything)

    def choose(self, method: str | None) -> None:
        """Take the decisions of a method, None for the best one, on all samples."""
        result = self.result
        large = too_large(self.given[result.known].numpy())
        candidates = {
            name: row
            for name, row in result.methods.items()
            if not (large and name in ONE_CLASS)
        }
        names = [method or best_detector(candidates) or result.decisive[0]]
        broadcast_object_list(names)
        result.chosen = names[0]
        if result.chosen in result.decisive:
            result.selected = result.decided(result.chosen)
            return
        rows = result.known.nonzero().flatten()
        task = self._task(rows)
        if is_main_process():
            relevant = np.nan_to_num(detectors()[result.chosen](task), nan=1)
            result.selected = ~result.known
            result.selected[rows] = torch.from_numpy(relevant > 0)

    def _task(self, rows: Tensor) -> DetectionTask:
        features = gather_units(self.bank, rows).float()
        labels, probs = self.given[rows].long(), self.found['probs'][rows]
        relevance = self.result.relevance
        if relevance is None:
            sums = torch.zeros(probs.size(1), features.size(1))
            means = class_directions(sums.index_add(0, labels, features))
        else:
            counts = (relevance.references != 0).any(dim=2).sum(dim=1).clamp_min(1)
            means = relevance.references.sum(dim=1) / counts[:, None]
        return DetectionTask(
            features=features.numpy(),
            labels=labels.numpy(),
            probs=probs.numpy(),
            verification=self.split.learnt[rows].numpy(),
            judged=self.split.judged[rows].numpy(),
            class_features=means.numpy(),
            seed=self.seed,
        )

    def _scores(self, task: DetectionTask, rows: Tensor) -> dict[str, np.ndarray]:
        """(n,) scores of the methods that have some, high where the label fits."""
        places = self.result.known.cumsum(0)[rows] - 1
        found = {CLOSED_FORM: self.result.estimate.unmarked[places].numpy()}
        if self.result.relevance is not None:
            found[CLEANNET] = self.result.relevance.scores[rows].numpy()
        own = np.take_along_axis(task.probs, task.labels[:, None], axis=1)[:, 0]
        return found | {'network': own, 'average': average_cosines(task)}


def _agreement(scores: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Spearman's rank correlation of each with each."""
    names = list(scores)
    correlations = np.eye(len(names))
    for i, j in np.argwhere(np.tri(len(names), k=-1)):
        pair = scores[names[i]], scores[names[j]]
        correlations[i, j] = correlations[j, i] = spearmanr(*pair)[0]
    return {
        name: dict(zip(names, row)) for name, row in zip(names, correlations.tolist())
    }
