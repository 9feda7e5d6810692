"""Self-learning with multi-prototypes (Han, Luo, Wang; ICCV 2019)."""

import torch
from mmengine.dist import get_world_size
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...supervision.feature_bank import FeatureBank
from ...supervision.feature_tap import FeatureTap
from ...supervision.gather import merge_passes
from ...supervision.soft_targets import batch_rows
from ...supervision.start_checks import check_online
from ...supervision.supervision_hook import SupervisionHook, plain_model
from ...supervision.verified_samples import trusted_samples
from .prototype_correction import PrototypeCorrection
from .smp_log import log_correction
from .trust_guard import FEWEST_JUDGES, TrustGuard, draw_holdout, judging_rows

__all__ = ['SMPHook']

KEPT_AT_ONCE = 32


@HOOKS.register_module()
class SMPHook(SupervisionHook):
    """Corrects labels with class prototypes and trains with both labels.

    Algorithm 1: from ``start_epoch`` on, each epoch begins with label correction.
    Features of all training images are extracted, up to ``num_samples`` of each
    class choose its prototypes (Eq. 5-7), every sample gets the label of the most
    similar prototypes (Eq. 8-9), and training uses
    (1 - alpha) * given + alpha * corrected (Eq. 4: cross entropy is linear in its
    target). With verification labels the prototypes come from verified samples
    (section 4.1).

    Beyond the paper: in each cycle the accuracy of the given and of the corrected
    labels is estimated without clean labels (:func:`~nl_plugins.functional.
    correction_trust`), logged, and warned about. The estimate needs samples whose
    given labels the network has never seen: ``holdout_fraction`` of the samples lack
    the given label's part of Eq. 4, and have no target at all until the correction
    begins. With ``guard`` the correction is withheld until the estimate is clearly
    in its favour (``TrustGuard``). A guard that has not let
    it begin by half of the training gives up: no more walks, and the held-out samples
    are trained on like the others.

    Features are kept in half precision. Fewer than ``num_prototypes`` samples of a
    class may qualify; Eq. 8 then is a mean over fewer, which favours compact classes.
    ArcFace's margin stays at the given label: the head takes it from ``gt_label``.

    Args:
        start_epoch: The first epoch (from 1) trained with corrected labels; with a
            guard, the first at which it judges. 'auto' turns the guard on and asks it
            from the second epoch on.
        alpha: Weight of the corrected label.
        num_samples: m, the most samples of a class that choose its prototypes.
        num_prototypes: p, the most prototypes of a class.
        density_quantile: Which entry of the similarity matrix is S_c (0.6: the one
            that 40 % of the entries exceed); 'auto' chooses it from the data in each
            cycle (:func:`~nl_plugins.functional.select_prototypes_auto`).
        max_similarity: Prototypes have eta below this (Eq. 7).
        candidate_fraction: Share of the densest samples that may be prototypes. This,
            `max_similarity` and 'auto' concern the method 'density' only.
        interval: Epochs between corrections.
        prototype_method: 'density' (the paper), 'euclidean' or 'kmeans++' (Table 4).
        online: Use the features that the training forward passes of the epoch (in
            iterations: of the last ``interval``) compute instead of a walk. Costs no
            pass, but the features are those of augmented images and of a network in
            training mode that changed meanwhile.
        guard: Withhold corrections that do not look better than the given labels.
        holdout_fraction: Share of each class held out for the estimate; by default
            what gives 400 samples, but between 0.02 and 0.1. With 0, as in the
            paper, the estimate is too pessimistic once the network has learnt wrong
            labels by heart.
        seed: Of the samples that choose prototypes, of those held out, and of k-means.
        by_epoch: Count epochs or iterations.
        memory_limit: Bytes of features in memory; more lie in a file.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training
            if the set-up cannot work.
    """

    def __init__(
        self,
        start_epoch: int | str,
        alpha: float = 0.5,
        num_samples: int = 1280,
        num_prototypes: int = 8,
        density_quantile: float | str = 0.6,
        max_similarity: float = 0.95,
        candidate_fraction: float = 1.0,
        interval: int = 1,
        prototype_method: str = 'density',
        online: bool = False,
        guard: bool = False,
        holdout_fraction: float | None = None,
        seed: int = 0,
        by_epoch: bool = True,
        memory_limit: int = 4 << 30,
        **kwargs,
    ) -> None:
        first = start_epoch
        if first == 'auto':
            guard, first = True, 2 if by_epoch else interval + 1
        super().__init__(first, interval, by_epoch, seed=seed, **kwargs)
        for name, value, top in (
            ('alpha', alpha, 1.0),
            ('holdout_fraction', holdout_fraction or 0.0, 0.5),
        ):
            if not 0 <= value <= top:
                raise ValueError(f'{name} must lie in [0, {top}], got {value!r}')
        if online and self.start_epoch <= (1 if by_epoch else interval):
            raise ValueError(
                'online correction needs a round of training to learn from: '
                f'start_epoch={start_epoch} is too early'
            )
        self.alpha = float(alpha)
        self.online = online
        self.guard = guard
        self.holdout_fraction = holdout_fraction
        self.memory_limit = memory_limit
        self.gave_up = False
        self._passed: list[tuple[Tensor, Tensor, Tensor]] = []
        self.correction = PrototypeCorrection(
            num_samples=num_samples,
            num_prototypes=num_prototypes,
            density_quantile=density_quantile,
            max_similarity=max_similarity,
            candidate_fraction=candidate_fraction,
            prototype_method=prototype_method,
            seed=seed,
        )

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        super().before_train(runner)
        model, size = plain_model(runner), len(self.table)
        if self.online:
            check_online(runner, model, self.start_epoch, self.interval, self.by_epoch)
        else:
            self._warn_of_walks(runner)
        share = size if self.online else -(-size // get_world_size())
        self.bank = FeatureBank(size, share, self.memory_limit, runner.work_dir)
        self.tap = FeatureTap(model, self.feature_layer)

    def before_train_epoch(self, runner) -> None:
        if not self.online:
            super().before_train_epoch(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        if not self.online:
            super().before_train_iter(runner, batch_idx, data_batch)
            return
        if self.supervises:
            self.supervise(data_batch)
        if self._is_watching(runner):
            self.tap.__enter__()

    def after_train_iter(
        self, runner, batch_idx, data_batch=None, outputs=None
    ) -> None:
        """Online: keep what the pass computed; estimate at the end of a round."""
        if not self.online:
            return
        if self._is_watching(runner):
            self.tap.__exit__()
            self._keep(batch_rows(data_batch), *self.tap.take())
        if not self.by_epoch:
            self.estimate_if_due(runner, runner.iter + 2)

    def after_train_epoch(self, runner) -> None:
        """Online: estimate for the next epoch, before the checkpoint is saved."""
        if self.online and self.by_epoch:
            self.estimate_if_due(runner, runner.epoch + 2)

    def _is_watching(self, runner) -> bool:
        """Whether the estimate that follows uses the present epoch or iteration."""
        if self.by_epoch:
            upcoming = runner.epoch + 2
            late = upcoming > self.start_epoch and not self.active
            return self.is_due(upcoming) or late
        return runner.iter + 1 >= self.start_epoch - self.interval and not self.gave_up

    @property
    def supervises(self) -> bool:
        return not self.gave_up and (self.active or bool(self.holdout.any()))

    # How ------------------------------------------------------------------------

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Eq. 4 as a target; held-out samples have the corrected label or none."""
        alpha = self.alpha if self.corrects else 0.0
        suggested = self.table.suggested_labels[rows].long()
        trained = ~self.holdout[rows]
        given_share = (1 - alpha) * trained
        share = alpha * (trained | self.known[rows])
        targets = targets * given_share[:, None]
        return targets.scatter_add(1, suggested[:, None], share[:, None])

    def estimate(self, runner) -> None:
        """One label correction phase."""
        if not self.online:
            for batch in self.walk(plain_model(runner)):
                self._keep(*batch)
        self._store()
        given = self.table.given_labels
        step = runner.epoch if self.by_epoch else runner.iter
        correction = self.correction(
            self.bank, given, self.allowed(), self.num_classes, step
        )
        self.known = correction.known
        trust = self.trust_guard.judge(correction.labels)
        self.table.scores[self.known] = correction.quality[self.known]
        self.table.suggested_labels.copy_(correction.labels if self.corrects else given)
        log_correction(self, runner, correction, trust)
        self.bank.clear()
        done, length = runner.epoch, runner.max_epochs
        if not self.by_epoch:
            done, length = runner.iter, runner.max_iters
        if self.guard and not self.corrects and 2 * done >= length:
            self._give_up(runner)

    def _give_up(self, runner) -> None:
        self.gave_up = True
        self.holdout.fill_(False)
        runner.logger.warning(
            'half of the training is over and the corrected labels are not clearly '
            'better: they will not be used, training goes on with the given labels'
        )

    def is_due(self, step: int) -> bool:
        return not self.gave_up and super().is_due(step)

    @property
    def corrects(self) -> bool:
        """Whether training uses the corrected labels."""
        return self.active and (not self.guard or self.trust_guard.trusted)

    def _keep(self, rows: Tensor, features: Tensor, probs: Tensor | None) -> None:
        assert probs is not None, 'checked at the start'
        self._passed.append((rows, features, probs))
        if len(self._passed) == KEPT_AT_ONCE:
            self._store()

    def _store(self) -> None:
        """Store the latest batches: together, which costs small networks less."""
        if not self._passed:
            return
        rows, features, probs = merge_passes(self._passed)
        self._passed.clear()
        self.bank.add(rows, features)
        self.trust_guard.add(rows, probs)

    def allowed(self) -> Tensor:
        """(N,) the samples that may be prototypes.

        Section 4.1's second setting: those verified to be right. A class with fewer
        of them than prototypes fills up with samples not known to be wrong.
        """
        return trusted_samples(
            ~self.holdout,
            self.table.given_labels,
            self.training_set.verification,
            self.correction.num_prototypes,
            self.num_classes,
        )

    def _warn_of_walks(self, runner) -> None:
        per_epoch = len(self.table) / (self.walk.batch_size * get_world_size())
        if not self.by_epoch and self.interval < per_epoch:
            runner.logger.warning(
                f'the training set is walked every {self.interval} iterations: '
                f'{per_epoch / self.interval:.1f} times while it is trained on '
                'once; raise `interval`'
            )

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        size = len(self.table)
        given = self.table.given_labels
        self.holdout = draw_holdout(given, self.holdout_fraction, self.seed)
        self.known = torch.ones(size, dtype=torch.bool)
        self.trust_guard = TrustGuard(
            judging_rows(self.holdout, self.training_set.verification, self.seed),
            ~self.holdout,
            given,
            self.num_classes,
            self.training_set.verification,
        )
        held_out = int(self.holdout.sum())
        if self.guard and held_out < FEWEST_JUDGES:
            raise ValueError(
                f'a guard cannot judge by {held_out} held-out samples: it needs '
                f'{FEWEST_JUDGES}, better 400; raise `holdout_fraction`'
            )

    def state_dict(self) -> dict:
        return dict(
            super().state_dict(),
            trust=self.trust_guard.state_dict(),
            holdout=self.holdout,
            known=self.known,
            gave_up=self.gave_up,
        )

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self.gave_up = state['gave_up']
        if self.gave_up:
            self.holdout.fill_(False)
        if not torch.equal(state['holdout'], self.holdout):
            raise ValueError(
                f'the checkpoint holds out {int(state["holdout"].sum())} samples, this '
                f'config {int(self.holdout.sum())} or other ones: resume with the '
                '`seed` and `holdout_fraction` of the original run'
            )
        self.known = state['known']
        self.trust_guard.load_state_dict(state['trust'])
