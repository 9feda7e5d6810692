"""Self-learning with multi-prototypes (Han, Luo, Wang; ICCV 2019)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_choice, check_fraction
from ...supervision.feature_bank import FeatureBank
from ...supervision.feature_source import FeatureSource, WalkSource
from ...supervision.frozen_passes import trains_head_only
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.verified_samples import trusted_samples
from ...supervision.walk import WalkBatch
from .guard_setup import (
    Stage,
    check_set_up,
    doubt_holdout,
    draw_judges,
    give_up,
    hold_out,
)
from .holdout import check_share
from .loaded_weights import LoadedWeights, loaded_weights
from .prototype_classifier import PrototypeClassifier
from .prototype_correction import Correction, PrototypeCorrection
from .smp_log import estimated_noise, log_correction
from .smp_pictures import draw_prototypes

__all__ = ['SMPHook']

ENOUGH_VERIFIED = 3  # for each prototype of a class, measured on the digits


@HOOKS.register_module()
class SMPHook(SupervisionHook):
    """Corrects labels with class prototypes and trains with both labels.

    Algorithm 1: from ``start_epoch`` on, each epoch begins with label correction.
    Features of all training images are extracted, up to ``num_samples`` of each
    class choose its prototypes (Eq. 5-7), every sample gets the label of the most
    similar prototypes (Eq. 8-9), and training uses (1 - alpha) * given + alpha *
    corrected (Eq. 4: cross entropy is linear in its target). With verification labels
    the prototypes come from verified samples (section 4.1).

    Beyond the paper: in each cycle it is estimated, without clean labels, how right the
    given and the corrected labels are. This is logged and warned about; with ``guard``
    the correction is withheld until it is clearly better, and if it is not by half of
    the training, the guard gives up: no more walks, but for what the label file says at
    the end. Where only the head is trained, the estimate comes from all samples, in
    closed form (``ClosedFormGuard``). Else it needs samples whose given labels the
    network has not seen (``TrustGuard``): with a guard, ``holdout_fraction`` of them
    lack the given label's part of Eq. 4, and have no target at all until the correction
    begins, or the guard gives up. What loaded weights have seen,
    ``loaded_weights.held_out_before`` finds out.

    A sample's score is the margin of its given label by the prototypes
    (``label_quality``); where there is a closed form, the probability that it is right.
    Features are kept in half precision. Fewer than ``num_prototypes`` samples of a
    class may qualify; Eq. 8 then is a mean over fewer, which favours compact classes.

    Args:
        start_epoch: The first epoch (from 1) trained with corrected labels, or at which
            a guard judges. 'auto' turns the guard on, from the second epoch on.
        alpha: Weight of the corrected label.
        num_samples: m, the most samples of a class that choose its prototypes.
        num_prototypes: p, the most prototypes of a class.
        density_quantile: Which entry of the similarity matrix is S_c. The paper ranks
            the entries "in an ascending order from small to large" and takes the one
            "ranked top 40%": 0.6, which 40 % of the entries exceed, or, read as the
            place in that order, 0.4, which 60 % exceed. 'auto' chooses it from the data
            in each cycle (:func:`~nl_plugins.functional.select_prototypes_auto`).
        max_similarity: Prototypes have eta below this (Eq. 7).
        candidate_fraction: Share of the densest samples that may be prototypes. This,
            `max_similarity` and 'auto' concern the method 'density' only.
        interval: Epochs between corrections.
        prototype_method: 'density' (the paper), 'euclidean' or 'kmeans++' (Table 4).
        guard: Withhold corrections that do not look better than the given labels.
        holdout_fraction: Share of each class held out for the estimate; None: 0
            without a guard, as in the paper, and where a closed form judges, else what
            gives 400 samples, but between 0.02 and 0.1. With 0 the estimate is too
            pessimistic once the network has memorised wrong labels.
        by_epoch: Count epochs or iterations.
        use_verification: Without, verification labels neither choose prototypes nor
            judge (section 4.1's first setting on the images of the second).
        evaluate_on: 'val' or 'test': in each cycle, log as ``prototype_top1`` how many
            images of this split their most similar prototypes name right (Table 3's
            "Initial", Fig. 4b).
        class_scores: Compare samples, in Eq. 5 to 9, by the closed form's class scores,
            K numbers that no fit to the sample's own label has touched, and not by
            features. Needs a network of which only the head is trained, and nothing
            held out.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training
            if the set-up cannot work.

    >>> hook = HOOKS.build(dict(type='SMPHook'))
    >>> hook.start_epoch, hook.guard
    (2, True)
    """

    def __init__(
        self,
        start_epoch: int | str = 'auto',
        alpha: float = 0.5,
        num_samples: int = 1280,
        num_prototypes: int = 8,
        density_quantile: float | str = 0.6,
        max_similarity: float = 0.95,
        candidate_fraction: float = 1.0,
        interval: int = 1,
        prototype_method: str = 'density',
        guard: bool = False,
        holdout_fraction: float | None = None,
        by_epoch: bool = True,
        use_verification: bool = True,
        evaluate_on: str | None = None,
        class_scores: bool = False,
        **kwargs,
    ) -> None:
        start: Any = start_epoch
        if start_epoch == 'auto':
            guard, start = True, 2 if by_epoch else interval + 1
        super().__init__(start, interval, by_epoch=by_epoch, **kwargs)
        self.alpha = check_fraction(alpha, 'alpha', zero=True)
        check_share(holdout_fraction)
        self.guard, self.holdout_fraction = guard, holdout_fraction
        self.use_verification, self.evaluate_on = use_verification, evaluate_on
        if evaluate_on is not None:
            check_choice('evaluate_on', evaluate_on, ('val', 'test'))
        self.class_scores = class_scores
        self.stage = Stage.WAITING
        self._loaded: list[LoadedWeights] = []
        first = num_samples, num_prototypes, density_quantile, max_similarity
        rest = candidate_fraction, prototype_method, self.seed
        self.correction = PrototypeCorrection(*first, *rest)

    # When -----------------------------------------------------------------------

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        super().after_load_checkpoint(runner, checkpoint)
        if self._resumed is None:
            source = 'the resumed checkpoint' if runner._resume else '`load_from`'
            self._loaded = [loaded_weights(source, checkpoint)]

    def before_train(self, runner) -> None:
        is_fresh, model = self._resumed is None, plain_model(runner)
        closed = not self.online and trains_head_only(model)
        self.head_only = model if closed else None
        super().before_train(runner)
        if is_fresh:
            doubt_holdout(self, runner, self._loaded)
        check_set_up(self, runner.logger)
        self.bank = self.make_bank(runner)
        if self.evaluate_on is not None:
            self.classifier = PrototypeClassifier(self, runner, self.evaluate_on)

    def after_train(self, runner) -> None:
        if self.finished:  # suggest by the trained network, as every run does
            self._suggest(runner, WalkSource(self.walk, self.observe))
            self._unwritten = True
        super().after_train(runner)

    @property
    def supervises(self) -> bool:
        return self.stage != Stage.GAVE_UP and (self.active or bool(self.holdout.any()))

    @property
    def finished(self) -> bool:
        return self.stage == Stage.GAVE_UP

    @property
    def corrects(self) -> bool:
        """Whether training uses the corrected labels."""
        return self.stage == Stage.CORRECTING

    @property
    def verification(self) -> Tensor:
        """(N,) int in {1, 0, -1}, what the method may know."""
        known = self.training_set.verification
        return known if self.use_verification else torch.full_like(known, -1)

    # How ------------------------------------------------------------------------

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Eq. 4 as a target; held-out samples have the corrected label or none."""
        alpha = self.alpha if self.corrects else 0.0
        suggested = self.table.suggested_labels[rows].long()
        trained = ~self.holdout[rows]
        share = alpha * (trained | self.known[rows])
        targets = targets * ((1 - alpha) * trained)[:, None]
        return targets.scatter_add(1, suggested[:, None], share[:, None])

    def observe(self, batch: WalkBatch) -> None:
        self.bank.add(batch.rows, batch.features)
        self.trust_guard.add(batch.rows, batch.probs)

    def estimate(self, runner) -> None:
        """One label correction phase."""
        step, correction = self.step(runner), self._suggest(runner, self.source)
        trust = self.trust_guard.judge(correction.labels)
        trusted = self.trust_guard.trusted or not self.guard
        self.stage = Stage.CORRECTING if trusted else Stage.WITHHELD
        top1 = None
        if self.evaluate_on is not None:
            top1 = self.classifier.accuracy(plain_model(runner), correction)
        log_correction(self, runner, correction, trust, top1)
        patient = self.holdout_origin == 'seen'
        if not (trusted or patient) and 2 * step >= self.last_step(runner):
            give_up(self, runner.logger)

    def _suggest(self, runner, source: FeatureSource) -> Correction:
        """Correct the labels with the present network; the table has what results."""
        source.run(plain_model(runner))
        given, step = self.table.given_labels, self.step(runner)
        known = given, self.allowed(), self.num_classes
        correction = self.correction(self.compared(), *known, step)
        self.bank.clear()
        self.known = correction.known
        scores = self.trust_guard.label_scores(correction.quality)
        self.table.scores[self.known] = scores[self.known]
        self.table.suggested_labels.copy_(correction.labels)
        return correction

    def compared(self) -> FeatureBank:
        """What samples are compared by, of those that were observed."""
        guard: Any = self.trust_guard
        return guard.score_bank(self.bank.rows) if self.class_scores else self.bank

    def corrected_labels(self) -> Tensor:
        return super().corrected_labels() if self.corrects else self.table.given_labels

    def recommend(self) -> dict[str, Tensor]:
        """Corrected labels, where they train and the estimate says that they should."""
        trust, table = self.trust_guard.trust, self.table
        better = trust is not None and trust.corrected_accuracy > trust.given_accuracy
        changed = table.suggested_labels != table.given_labels
        return dict(replace=changed & (better and self.corrects))

    def noise_rate(self) -> tuple[float, float, str] | None:
        return estimated_noise(self)

    def allowed(self) -> Tensor:
        """(N,) the samples that may be prototypes.

        Section 4.1's second setting: those verified to be right. In a class with few of
        them the samples not known to be wrong take part, too: the density among few
        says less than that among many of which some are wrong.
        """
        known = self.table.given_labels, self.verification
        enough = ENOUGH_VERIFIED * self.correction.num_prototypes
        return trusted_samples(~self.holdout, *known, enough, self.num_classes)

    def draw(
        self, runner, folder: Path, count: int = 32, samples: Sequence[int] = ()
    ) -> list[str]:
        """Also the paper's Fig. 3."""
        path = Path(folder) / 'density_similarity.png'
        prototypes = draw_prototypes(self, runner, path)
        return [prototypes, *super().draw(runner, folder, count, samples)]

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        draw_judges(self)
        self.known = torch.ones(len(self.table), dtype=torch.bool)

    def state_dict(self) -> dict:
        return dict(
            super().state_dict(),
            trust=self.trust_guard.state_dict(),
            holdout=self.holdout,
            holdout_origin=self.holdout_origin,
            known=self.known,
            stage=self.stage,
        )

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self.stage, self.holdout_origin = state['stage'], state['holdout_origin']
        if self.holdout_origin == 'loaded':
            hold_out(self, state['holdout'], 'loaded')
        if self.finished:
            self.holdout.fill_(False)
        if not torch.equal(state['holdout'], self.holdout):
            raise ValueError(
                f'the checkpoint holds out {int(state["holdout"].sum())} samples, this '
                f'config {int(self.holdout.sum())} or other ones: resume with the '
                '`seed` and `holdout_fraction` of the original run'
            )
        self.known = state['known']
        self.trust_guard.load_state_dict(state['trust'])
