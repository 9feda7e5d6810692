"""CleanNet (Lee, He, Zhang, Yang; CVPR 2018): weights from verification labels."""

from collections.abc import Sequence
from pathlib import Path

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_choice, check_count, check_verification
from ...formats.fingerprint import fingerprint
from ...supervision.gather import merge_columns
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import WalkBatch, likeliest_other
from .cleannet_pictures import draw_cleannet
from .cleannet_round import CleanNetRound
from .freezing import FrozenFeatures
from .verification_folds import hidden_classes

__all__ = ['CleanNetHook']


@HOOKS.register_module()
class CleanNetHook(SupervisionHook):
    """Weighs each sample by how relevant it is to its given label.

    Section 3.3: the classifier trains with all weights 1 (step 1) until
    ``start_epoch``. Then CleanNets are trained on the features of all training images
    (step 2), and the classifier goes on with the weighted cross entropy of Eq. 14
    (step 3); after the first round, only its fully connected layers are trained.

    Some samples need a verification label (``verification`` in ``get_data_info``: 1
    the given label is right, 0 it is wrong, -1 nobody looked), and not in every class:
    what is learnt about the verified classes serves the others, and the log tells how
    well (``transfer_error``).

    In the table a sample's score is (1 + cosine) / 2 and it is selected where the
    cosine reaches delta (Eq. 11), whatever the weights; others it recommends to drop.
    CleanNet knows no other label; suggested is what the classifier, at that time, found
    likeliest beside the given one. Samples without features keep weight 1.

    ``CleanNetRound`` (several networks, and some for classes without verification
    labels) and ``CleanNet`` (normalisation and start) say where they depart from the
    paper.

    Args:
        start_epoch: The first epoch (from 1) trained with weights.
        interval: Epochs between rounds; None: there is one round.
        weighting: 'soft' (Eq. 12) or 'hard' (Eq. 13).
        use_verification: Weigh a verified sample by its verification label, 1 or 0.
            With every image verified, this is the upper bound of Table 6, and no
            CleanNet is trained.
        held_out_classes: Classes (numbers or names, or how many, drawn by ``seed``)
            whose verification labels are hidden from CleanNet, to measure its detection
            error on them (in the log).
        rounds_before_freezing: Rounds until the features are fixed; None: never.
        num_references: Reference vectors for each class.
        num_folds: Parts that verification labels are cut into; each network stops and
            is judged by the one that it does not learn from.
        num_networks: How many parts are held out, each for a network; by default all.
        max_unverified: The most samples without verification label to learn from.
        cleannet: Arguments of ``CleanNet``.
        training: Arguments of ``CleanNetTraining``.
        reference_set: How the reference vectors are chosen: 'kmeans' or 'random', the
            two ways of section 3.1.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training if
            it cannot work, such as without any verification label.

    >>> hook = HOOKS.build(dict(type='CleanNetHook', start_epoch=6, weighting='hard'))
    >>> hook.round.num_networks
    5
    """

    last_round: int  # the epoch or iteration that it preceded
    verification: Tensor
    shown: dict[str, Tensor]  # of the last round, what pictures are drawn from
    _verified_throughout: bool

    def __init__(
        self,
        start_epoch: int,
        interval: int | None = None,
        weighting: str = 'soft',
        use_verification: bool = False,
        held_out_classes: Sequence[int | str] | int = (),
        rounds_before_freezing: int | None = 1,
        num_references: int = 50,
        num_folds: int = 5,
        num_networks: int | None = None,
        max_unverified: int = 100_000,
        cleannet: dict | None = None,
        training: dict | None = None,
        reference_set: str = 'kmeans',
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, **kwargs)
        self.repeats = interval is not None
        if rounds_before_freezing is not None:
            name = 'rounds_before_freezing, if not None,'
            check_count(rounds_before_freezing, name, minimum=0)
        if isinstance(held_out_classes, str):
            raise ValueError(
                'held_out_classes must be a list of names or numbers, or how many, got '
                f'{held_out_classes!r}'
            )
        if isinstance(held_out_classes, int):
            check_count(held_out_classes, 'held_out_classes', minimum=0)
        self.weighting = check_choice('weighting', weighting, ('soft', 'hard'))
        self.use_verification = use_verification
        self.held_out_classes = held_out_classes
        self.rounds_before_freezing = rounds_before_freezing
        numbers = num_references, num_folds, num_networks, max_unverified
        settings = cleannet or {}, training or {}, self.seed
        self.round = CleanNetRound(*numbers, *settings, reference_set)

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        super().before_train(runner)
        self.bank = self.make_bank(runner)
        self._others: list[tuple[Tensor, Tensor]] = []
        limit = self.rounds_before_freezing
        if limit is not None and (self.repeats or self.num_rounds >= limit):
            self.features = FrozenFeatures(plain_model(runner), self.feature_layer)
            self.features.check_wrapper(runner)
        if self.freezes:
            self.features.freeze(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        super().before_train_iter(runner, batch_idx, data_batch)
        if self.freezes:
            self.features.keep_in_eval_mode()

    @property
    def freezes(self) -> bool:
        """Whether only the fully connected layers are trained now."""
        limit = self.rounds_before_freezing
        return limit is not None and self.num_rounds > limit

    # How ------------------------------------------------------------------------

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Eq. 14 as a target: the weight times what is there."""
        return targets * self.table.weights[rows, None]

    def observe(self, batch: WalkBatch) -> None:
        self.bank.add(batch.rows, batch.features)
        given = self.table.given_labels[batch.rows]
        self._others.append((batch.rows, likeliest_other(batch.probs, given)))

    def estimate(self, runner) -> None:
        """One round; step 2 of section 3.3."""
        step = self.step(runner)
        if step != self.last_round:  # else a resumed run repeats the epoch
            self.num_rounds += 1
            self.last_round = step
        if not self._verified_throughout:
            self._weigh(runner)
        if self.use_verification:
            verified = self.verification >= 0
            for column in (self.table.weights, self.table.scores, self.table.selected):
                column[verified] = self.verification[verified].to(column.dtype)
        if self.freezes:
            self.features.freeze(runner)

    def _weigh(self, runner) -> None:
        """Weigh all samples by a round of CleanNet."""
        model, table = plain_model(runner), self.table
        self.source.run(model)
        samples = self.bank, table.given_labels, self.verification
        device = next(model.parameters()).device
        relevance = self.round(*samples, self.num_classes, device, self.num_rounds)
        self.bank.clear()
        self.shown = relevance.shown
        table.weights.copy_(relevance.weights(self.weighting))
        table.scores.copy_(relevance.scores)
        table.selected.copy_(relevance.selected)
        rows, others = map(torch.cat, zip(*self._others))
        self._others.clear()
        found = merge_columns(len(table), rows, dict(others=others))
        wrong = found.known & ~relevance.selected
        suggested = torch.where(wrong, found['others'], table.given_labels)
        table.suggested_labels.copy_(suggested)
        held_out = self._all_verification.masked_fill(self.verification >= 0, -1)
        summary = relevance.summary(held_out, self.training_set.true_labels)
        summary['mean_weight'] = float(table.weights[relevance.known].mean())
        self.log_round(runner, f'CleanNet round {self.num_rounds}', summary)
        if num_unknown := int((~relevance.known).sum()):
            runner.logger.warning(
                f'{num_unknown} samples keep weight 1: their image does not load or '
                'their features are zero'
            )

    def recommend(self) -> dict[str, Tensor]:
        return dict(drop=~self.table.selected)

    def draw(
        self, runner, folder: Path, count: int = 32, samples: Sequence[int] = ()
    ) -> list[str]:
        """Also the paper's Fig. 3 and 7, after a round."""
        paths = []
        if self.shown:
            paths = draw_cleannet(self, Path(folder), self.table.selected, **self.shown)
        return [*paths, *super().draw(runner, folder, count, samples)]

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        self.num_rounds, self.last_round = 0, -1
        self.shown = {}
        if not bool((self.training_set.verification >= 0).any()):
            raise ValueError(
                'CleanNetHook learns from verification labels, but no sample has one. '
                "Let the dataset's `get_data_info` give `verification` (1 the given "
                'label is right, 0 it is wrong, -1 unknown), or wrap the training set '
                "as dict(type='VerificationLabels', dataset=..., file='verified.csv'): "
                'tools/verify.py writes the list of images to look at'
            )
        given = self.training_set.given_labels
        classes = self.training_set, self.held_out_classes, self.seed
        hidden = torch.tensor(hidden_classes(*classes))
        everything = check_verification(self.training_set.verification, given)
        self._all_verification = everything
        self.verification = everything.masked_fill(torch.isin(given, hidden), -1)
        verified = self.verification >= 0
        if not bool(verified.any()):
            raise ValueError('held_out_classes hides all verification labels')
        self._fingerprint = fingerprint(self.verification.to(torch.int8))
        self._verified_throughout = self.use_verification and bool(verified.all())
        if not self._verified_throughout:  # what cannot work is better told now
            self.round.check(self.num_features, given, self.verification)

    def state_dict(self) -> dict:
        rounds = dict(num_rounds=self.num_rounds, last_round=self.last_round)
        more = dict(verification=self._fingerprint, shown=self.shown)
        return dict(super().state_dict(), **rounds, **more)

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        if state['verification'] != self._fingerprint:
            raise ValueError(
                'the checkpoint was made with other verification labels or '
                '`held_out_classes`: resume with those of the original run'
            )
        self.num_rounds = state['num_rounds']
        self.last_round, self.shown = state['last_round'], state['shown']
