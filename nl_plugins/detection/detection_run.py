"""Label noise detection of a whole training set with a given classifier."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from mmengine.dist import get_world_size, is_main_process
from torch import Tensor, nn

from ..datasets.training_set import TrainingSet
from ..methods.cleannet.cleannet_round import CleanNetRound
from ..methods.cleannet.relevance import Relevance
from ..supervision.feature_bank import FeatureBank
from ..supervision.gather import gather_units, merge_columns
from ..supervision.walk import Walk, likeliest_other
from .table import compare_detectors
from .task import DetectionTask
from .verification_split import VerificationSplit

__all__ = ['DetectionResult', 'DetectionRun']


@dataclass
class DetectionResult:
    """The same on every rank, but for ``methods``, which only the first has."""

    relevance: Relevance  # what CleanNet found out about all samples
    # (K, R) int64, its class's sample nearest to each reference vector; -1: none
    nearest: Tensor
    methods: dict[str, dict]  # see `compare_detectors`; empty where nothing judges
    others: Tensor  # (N,) int64, the network's likeliest class beside the given label


@dataclass
class DetectionRun:
    """Extracts features, trains CleanNets, scores all samples, runs the baselines.

    The baselines see the verified and the judged samples and up to
    ``unverified_per_class`` others of each class, which those that learn without
    labels use.
    """

    training_set: TrainingSet  # whose labels are in doubt
    walk: Walk  # over it
    cleannet: CleanNetRound
    split: VerificationSplit
    unverified_per_class: int = 500
    memory_limit: int = 4 << 30  # bytes of features in memory; more lie in a file
    directory: str | None = None  # of that file

    def __call__(self, model: nn.Module) -> DetectionResult:
        """Detect; ``model`` is the classifier without a wrapper."""
        given, learnt = self.training_set.given_labels, self.split.learnt
        example = self.walk.probe(model)
        num_classes = example.probs.size(1)
        self.training_set.check_labels(num_classes)
        self.cleannet.check(example.features.size(1), given, learnt)
        compared = self._compared(num_classes)
        share = -(-len(given) // get_world_size())
        bank = FeatureBank(len(given), share, self.memory_limit, self.directory)
        seen, others = [], []
        for batch in self.walk(model):
            bank.add(batch.rows, batch.features)
            others.append((batch.rows, likeliest_other(batch, given[batch.rows])))
            wanted = torch.isin(batch.rows, compared)
            seen.append((batch.rows[wanted], batch.probs.cpu()[wanted]))
        device = next(model.parameters()).device
        relevance = self.cleannet(bank, given, learnt, num_classes, device)
        nearest = self._nearest_samples(bank, relevance)
        methods = {}
        if (self.split.judged >= 0).any():
            features = gather_units(bank, compared)
            rows, probs = map(torch.cat, zip(*seen))
            places = torch.searchsorted(compared, rows)
            found = merge_columns(len(compared), places, dict(probs=probs))
            have = found.known & relevance.known[compared]
            if is_main_process():
                columns = (compared[have], features[have], found['probs'][have])
                methods = self._compare(relevance, *columns)
        every, labels = map(torch.cat, zip(*others))
        labels = merge_columns(len(given), every, dict(labels=labels))['labels']
        return DetectionResult(relevance, nearest, methods, labels)

    def _compared(self, num_classes: int) -> Tensor:
        """The samples that the baselines see, in ascending order."""
        wanted = (self.split.all_classes >= 0) | (self.split.judged >= 0)
        for label in range(num_classes):
            others = (~wanted & (self.training_set.given_labels == label)).nonzero()
            rng = np.random.default_rng((self.cleannet.seed, label))
            order = rng.permutation(len(others))[: self.unverified_per_class]
            wanted[others[torch.from_numpy(order), 0]] = True
        return wanted.nonzero().flatten()

    def _compare(
        self, relevance: Relevance, indices: Tensor, features: Tensor, probs: Tensor
    ) -> dict[str, dict]:
        references = relevance.references
        counts = (references != 0).any(dim=2).sum(dim=1).clamp_min(1)
        learnt, all_classes, judged = (c[indices].numpy() for c in self.split)
        task = DetectionTask(
            features=features.float().numpy(),
            labels=self.training_set.given_labels[indices].numpy(),
            probs=probs.numpy(),
            verification=learnt,
            judged=judged,
            class_features=(references.sum(dim=1) / counts[:, None]).numpy(),
            seed=self.cleannet.seed,
        )
        everything = None
        if not torch.equal(self.split.learnt, self.split.all_classes):
            everything = replace(task, verification=all_classes)
        decisions = {'CleanNet': relevance.selected[indices].numpy()}
        return compare_detectors(task, decisions, everything)

    def _nearest_samples(self, bank: FeatureBank, relevance: Relevance) -> Tensor:
        """What the reference vectors look like (Fig. 3)."""
        nearest = torch.full(relevance.references.shape[:2], -1)
        for label, vectors in enumerate(relevance.references):
            members = (self.training_set.given_labels == label) & relevance.known
            indices, real = members.nonzero().flatten(), (vectors != 0).any(dim=1)
            if len(indices):
                units = gather_units(bank, indices).float()
                nearest[label, real] = indices[(vectors[real] @ units.T).argmax(dim=1)]
        return nearest
