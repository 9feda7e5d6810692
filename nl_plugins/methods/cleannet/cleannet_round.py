"""One round of CleanNet: from a bank of features to the relevance of every sample."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from mmengine.dist import broadcast, get_rank, get_world_size
from mmengine.logging import MMLogger
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_choice, check_count
from ...functional import choose_threshold, random_references, reference_vectors
from ...supervision.feature_bank import FeatureBank
from ...supervision.gather import gather_rows, gather_units, merge_columns, on_some_rank
from .cleannet import CleanNet
from .cleannet_training import SCORED_AT_ONCE, CleanNetTraining, RelevanceData
from .relevance import Relevance
from .verification_folds import class_folds, verification_folds

__all__ = ['CleanNetRound']

_CHOICES = {'kmeans': reference_vectors, 'random': random_references}
CLUSTERED = 8192  # samples of a class that its reference vectors are made from


class _Samples(NamedTuple):
    """All N samples of a round, and the m that its networks learn from."""

    bank: FeatureBank
    given: Tensor
    verification: Tensor
    known: Tensor
    nearest: Tensor
    learnt: Tensor  # (m,) their indices
    data: RelevanceData
    step: int


@dataclass
class CleanNetRound:
    """Reference vectors of each class, CleanNets, and the similarity of all samples.

    The arguments are those of ``CleanNetHook``. The verification labels are cut into
    ``num_folds`` parts. A network is trained for each part that is held out; the part
    ends its training and is scored by it. So every verified sample has a similarity
    from a network that has not learnt from it, and these choose delta. (The paper
    trains one network: ``num_networks=1``.)

    Classes without verification labels are judged by networks of their own, which hold
    out whole classes instead of samples. Else training would go on for as long as it
    helps the classes that are learnt from, while what is memorised about them harms the
    others; and delta would be one for classes that are known.

    A sample that no network holds out gets their mean similarity. The held-out ones
    keep their cross-validated similarity: networks that know the answer would give them
    better weights than the unverified samples, and in the next round their features
    would no longer tell how CleanNet does on those (on the digits the error seemed to
    fall from 0.06 to 0.03 while it rose from 0.05 to 0.08).

    Features stay on the rank that computed them, except those that are learnt from.
    Every rank trains the same networks and takes over those of rank 0. No random
    number of the training run is drawn.
    """

    num_references: int = 50
    num_folds: int = 5
    num_networks: int | None = None
    max_unverified: int = 100_000
    cleannet: dict = field(default_factory=dict)
    training: dict = field(default_factory=dict)
    seed: int = 0
    reference_set: str = 'kmeans'

    def __post_init__(self) -> None:
        if self.num_networks is None:
            self.num_networks = self.num_folds
        check_count(self.num_references, 'num_references')
        check_choice('reference_set', self.reference_set, tuple(_CHOICES))
        check_count(self.num_folds, 'num_folds', minimum=2)
        check_count(self.num_networks, 'num_networks')
        check_count(self.max_unverified, 'max_unverified', minimum=0)
        if self.num_networks > self.num_folds:
            raise ValueError(
                f'num_networks={self.num_networks} is more than there are parts to '
                f'hold out (num_folds={self.num_folds})'
            )
        self._train = CleanNetTraining(**self.training)

    def check(self, num_features: int, given: Tensor, verification: Tensor) -> None:
        """Raise what the first round would raise, before there are features (N, d).

        A ValueError for too few right or wrong labels, or that of CleanNet or its loss.
        """
        verification_folds(given, verification, self.num_folds, self.seed)
        with torch.random.fork_rng([]):
            net = self._build(num_features)
            ones = torch.ones(2, num_features)
            net.loss(ones, torch.tensor([0, 0]), torch.tensor([1, 0]), ones[None])

    def __call__(
        self,
        bank: FeatureBank,
        given: Tensor,
        verification: Tensor,
        num_classes: int,
        device: torch.device,
        step: int = 0,
    ) -> Relevance:
        """Find out which given labels (N,) fit.

        ``bank`` holds the features of the samples that this rank has seen;
        ``verification`` (N,) is 1, 0 or -1. The networks are trained on ``device``.
        ``step``, which round it is, and the seed fix all that is drawn.
        """
        given = given.long()
        known = torch.zeros(len(given), dtype=torch.bool)
        known[bank.rows[bank.norms > 0]] = True
        known = on_some_rank(known)
        verification = verification.masked_fill(~known, -1)
        references = self.references(bank, given, known, num_classes)
        nearest = self._nearest(bank, given, known, references)
        learnt = self._learnt_from(known, verification, step)
        columns = gather_units(bank, learnt), given[learnt], verification[learnt]
        data = RelevanceData(*(each.to(device) for each in (*columns, references)))
        samples = _Samples(
            bank, given, verification, known, nearest, learnt, data, step
        )
        split = (*columns[1:], self.num_folds, self.seed)
        found = self._judge(samples, verification_folds(*split))
        strange = ~torch.isin(torch.arange(num_classes), given[verification >= 0])
        if not bool(strange[given[known]].any()):
            return found
        parts = class_folds(*split)
        if parts is None:
            MMLogger.get_current_instance().warning(
                'classes without verification labels are judged like the others: '
                'it takes two classes with right and wrong labels to hold one out'
            )
            return found
        return found.with_transfer(self._judge(samples, parts, ' by class'), strange)

    @torch.no_grad()
    def _judge(self, samples: _Samples, parts: Tensor, how: str = '') -> Relevance:
        """Train a network without each part (m,) and ask them all."""
        given, references = samples.given, samples.data.references
        number = min(self.num_networks or self.num_folds, int(parts.max()) + 1)
        similarity = torch.zeros(len(given))
        attention = torch.zeros(references.shape[:2])
        cross_validated = torch.full((len(given),), torch.nan)
        for part in range(number):
            held_out = (parts == part).nonzero().flatten()
            title = f'CleanNet{how} {part + 1}/{number}'
            net = self._network(samples, held_out, part, title)
            classes, weights = net.embed_classes(references)
            attention += weights.cpu() / number
            scored = _similarities(net, samples.bank, given, classes)
            similarity += scored / number
            judged = samples.learnt[held_out]
            cross_validated[judged] = scored[judged]
        seen = ~cross_validated.isnan()
        similarity[seen] = cross_validated[seen]
        delta = choose_threshold(
            similarity[seen], samples.verification[seen], given[seen], len(references)
        )
        inputs = given, samples.verification, samples.known, references.cpu()
        scores = similarity, cross_validated, torch.full_like(similarity, torch.nan)
        thresholds = torch.full_like(similarity, delta)
        return Relevance(*inputs, *scores, thresholds, attention, samples.nearest)

    def references(
        self, bank: FeatureBank, given: Tensor, known: Tensor, num_classes: int
    ) -> Tensor:
        """(K, R, d) reference vectors of each class; the ranks take turns.

        Of a large class, those of ``CLUSTERED`` of its samples, drawn by ``seed``.
        """
        references = torch.zeros(num_classes, self.num_references, bank.units.size(1))
        mine = torch.zeros(num_classes, dtype=torch.bool)
        for label in range(num_classes):
            rows = self._members(given, known, label)
            if len(rows) == 0:
                MMLogger.get_current_instance().warning(
                    f'class {label} has no sample with features: it has no relevance'
                )
                continue
            units = gather_units(bank, rows)
            if label % get_world_size() == get_rank():
                choose = _CHOICES[self.reference_set]
                centers = choose(units, self.num_references, self.seed)
                references[label, : len(centers)] = centers
                mine[label] = True
        return gather_rows(mine, references)[0]

    def _members(self, given: Tensor, known: Tensor, label: int) -> Tensor:
        """The samples that the references of a class are made from, ascending."""
        rows = ((given == label) & known).nonzero().flatten()
        if len(rows) <= CLUSTERED:
            return rows
        order = np.random.default_rng((self.seed, label)).permutation(len(rows))
        return rows[torch.from_numpy(order[:CLUSTERED])].sort().values

    def _nearest(
        self, bank: FeatureBank, given: Tensor, known: Tensor, references: Tensor
    ) -> Tensor:
        """(K, R) what the reference vectors look like, -1 where one only fills up."""
        nearest = torch.full(references.shape[:2], -1)
        for label, vectors in enumerate(references):
            rows, real = self._members(given, known, label), (vectors != 0).any(dim=1)
            if len(rows):
                units = gather_units(bank, rows).float()
                nearest[label, real] = rows[(vectors[real] @ units.T).argmax(dim=1)]
        return nearest

    def _learnt_from(self, known: Tensor, verification: Tensor, step: int) -> Tensor:
        """The verified samples and at most ``max_unverified`` other ones."""
        verified = verification >= 0
        others = (known & ~verified).nonzero().flatten()
        order = np.random.default_rng((self.seed, step)).permutation(len(others))
        chosen = others[torch.from_numpy(order[: self.max_unverified])]
        return torch.cat([verified.nonzero().flatten(), chosen.sort().values])

    def _build(self, num_features: int) -> CleanNet:
        defaults = dict(type='CleanNet', in_channels=num_features)
        return MODELS.build({**defaults, **self.cleannet})

    def _network(
        self, samples: _Samples, held_out: Tensor, part: int, title: str
    ) -> CleanNet:
        """A trained network, the same on all ranks."""
        data, device = samples.data, samples.data.features.device
        draw = np.random.SeedSequence((self.seed, samples.step, part))
        devices = [device] if device.type == 'cuda' else []
        with torch.random.fork_rng(devices), torch.enable_grad():
            torch.manual_seed(int(draw.generate_state(1)[0]))
            net = self._build(data.features.size(1)).to(device)
            real = (data.references != 0).any(dim=2)
            net.center.copy_(data.references[real].mean(dim=0))
            self._train(net, data, held_out.to(device), title)
        if get_world_size() > 1:
            for value in net.state_dict().values():
                broadcast(value, src=0)
        return net


def _similarities(
    net: CleanNet, bank: FeatureBank, given: Tensor, classes: Tensor
) -> Tensor:
    """(N,) float32 of the samples of all ranks; 0 for those without features."""
    slots, scores = (bank.norms > 0).nonzero().flatten(), []
    for part in slots.split(SCORED_AT_ONCE):
        units = bank.units[part].to(classes.device).float()
        labels = given[bank.rows[part]].to(classes.device)
        scores.append(net(units, labels, classes).cpu())
    columns = dict(similarity=torch.cat(scores))
    return merge_columns(len(given), bank.rows[slots], columns)['similarity']
