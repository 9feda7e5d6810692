"""Label noise detection of a whole training set with a given classifier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from logging import WARNING

import numpy as np
import torch
from mmengine.dist import get_world_size
from mmengine.logging import print_log
from torch import Tensor, nn

from ..datasets.training_set import TrainingSet
from ..functional.posterior_advice import blindness
from ..methods.cleannet.cleannet_round import CleanNetRound
from ..supervision.bank_posterior import fit_bank_posterior
from ..supervision.feature_bank import FeatureBank
from ..supervision.gather import Columns
from ..supervision.walk import Walk, WalkBatch, likeliest_other
from .detection_result import DetectionResult
from .label_estimate import estimate_of_fit
from .method_comparison import MethodComparison
from .one_class_detectors import MOST_OF_A_CLASS, too_large
from .table import ONE_CLASS
from .verification_split import VerificationSplit

__all__ = ['DetectionRun']


@dataclass
class DetectionRun:
    """Extracts features, scores all samples, runs the baselines.

    Scores come from a closed form (``label_estimate``) and, if some labels are
    verified, from CleanNets trained on these. The baselines see the verified and the
    judged samples and up to ``unverified_per_class`` others of each class, which those
    that learn without labels use. The one that is chosen then decides on all samples.
    """

    training_set: TrainingSet  # whose labels are in doubt
    walk: Walk  # over it
    cleannet: CleanNetRound
    unverified_per_class: int = 500
    memory_limit: int = 4 << 30  # bytes of features in memory; more lie in a file
    directory: str | None = None  # of that file
    method: str | None = None  # whose decisions are wanted; None: the best one's

    def __call__(self, model: nn.Module, split: VerificationSplit) -> DetectionResult:
        """Detect; ``model`` is the classifier without a wrapper.

        Raises:
            ValueError: If ``method`` compares the samples of a class in pairs, and one
                has too many; or see :class:`CleanNetRound`.
        """
        return next(self.each(model, [split]))

    def each(
        self, model: nn.Module, splits: Sequence[VerificationSplit]
    ) -> Iterator[DetectionResult]:
        """Detect with each of the splits in turn, after a single walk."""
        given = self.training_set.given_labels
        if self.method in ONE_CLASS and too_large(given.numpy()):
            raise ValueError(
                f'{self.method} compares the samples of a class in pairs, at most '
                f'{MOST_OF_A_CLASS}, and a class has more: choose another --method'
            )
        example = self.walk.probe(model)
        self.training_set.check_labels(example.probs.size(1))
        for split in splits:
            if bool((split.learnt >= 0).any()):
                self.cleannet.check(example.features.size(1), given, split.learnt)
        bank, found = self._walk(model)
        device = next(model.parameters()).device
        for split in splits:
            yield self._detect(bank, found, split, device)

    def _detect(
        self,
        bank: FeatureBank,
        found: Columns,
        split: VerificationSplit,
        device: torch.device,
    ) -> DetectionResult:
        given, learnt = self.training_set.given_labels, split.learnt
        num_classes = found['probs'].size(1)
        known, fit = fit_bank_posterior(bank, given, learnt, num_classes)
        _, told = blindness(float(fit.unmarked.mean()), num_classes)
        if told:
            print_log(told, 'current', WARNING)
        estimate, relevance = estimate_of_fit(fit, given[known], learnt[known]), None
        if bool((learnt >= 0).any()):
            relevance = self.cleannet(bank, given, learnt, num_classes, device)
        result = DetectionResult(estimate, known, relevance, found['others'])
        settings = bank, found, given, split, self.cleannet.seed
        comparison = MethodComparison(result, *settings)
        comparison.compare(self._compared(num_classes, split))
        comparison.choose(self.method)
        return result

    def _walk(self, model: nn.Module) -> tuple[FeatureBank, Columns]:
        """Features on each rank, predictions of all."""
        given = self.training_set.given_labels
        share = -(-len(given) // get_world_size())
        bank = FeatureBank(len(given), share, self.memory_limit, self.directory)

        def see(batch: WalkBatch) -> dict[str, Tensor]:
            bank.add(batch.rows, batch.features)
            others = likeliest_other(batch.probs, given[batch.rows])
            return dict(probs=batch.probs, others=others)

        return bank, self.walk.collect(model, see)

    def _compared(self, num_classes: int, split: VerificationSplit) -> Tensor:
        """The samples that the baselines see, in ascending order."""
        wanted = (split.all_classes >= 0) | (split.judged >= 0)
        for label in range(num_classes):
            others = (~wanted & (self.training_set.given_labels == label)).nonzero()
            rng = np.random.default_rng((self.cleannet.seed, label))
            order = rng.permutation(len(others))[: self.unverified_per_class]
            wanted[others[torch.from_numpy(order), 0]] = True
        return wanted.nonzero().flatten()
