"""Self-learning with multi-prototypes (Han, Luo, Wang; ICCV 2019)."""

import numpy as np
import torch
import torch.nn.functional as F
from mmengine.dist import get_world_size
from mmengine.hooks import CheckpointHook
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...evaluation import label_report
from ...functional import LabelTrust
from ...structures import FeatureBank
from ..feature_tap import FeatureTap
from ..gather import merge_rows
from ..prototype_correction import Correction, PrototypeCorrection
from ..trust_guard import TrustGuard
from .supervision_hook import SupervisionHook, plain_model

__all__ = ['SMPHook']

MOST_TRUST_SAMPLES = 20_000


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
    in its favour (:class:`~nl_plugins.engine.TrustGuard`).

    ArcFace's margin stays at the given label: the head takes it from ``gt_label``.

    Args:
        start_epoch: The first epoch (from 1) trained with corrected labels; 'auto'
            tries from the second epoch on and lets the guard decide.
        alpha: Weight of the corrected label.
        num_samples: m, the most samples of a class that choose its prototypes.
        num_prototypes: p, the most prototypes of a class.
        density_quantile: Which entry of the similarity matrix is S_c (0.6: the one
            that 40 % of the entries exceed); 'auto' chooses it from the data in each
            cycle (:func:`~nl_plugins.functional.choose_density_quantiles`).
        max_similarity: Prototypes have eta below this (Eq. 7).
        candidate_fraction: Share of the densest samples that may be prototypes.
        interval: Epochs between corrections.
        prototype_method: 'density' (the paper), 'euclidean' or 'kmeans++' (Table 4).
        online: Use the features that the training forward passes of the epoch (in
            iterations: of the last ``interval``) compute instead of a walk. Costs no
            pass, but the features are those of augmented images and of a network
            that changed meanwhile.
        confirmed_only: Correct a label only where the network itself predicts the
            corrected label; then trust is estimated on those samples.
        guard: Withhold corrections that do not look better than the given labels.
        holdout_fraction: Share of each class held out for the estimate; by default
            what gives 1,000 samples, but between 0.02 and 0.1. With 0, as in the
            paper, the estimate is too pessimistic once the network has learnt wrong
            labels by heart.
        seed: Of the choice of samples.
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
        confirmed_only: bool = False,
        guard: bool = False,
        holdout_fraction: float | None = None,
        seed: int = 0,
        by_epoch: bool = True,
        memory_limit: int = 4 << 30,
        **kwargs,
    ) -> None:
        if start_epoch == 'auto':
            guard = True
            start_epoch = 2 if by_epoch else interval + 1
        super().__init__(start_epoch, interval, by_epoch, seed=seed, **kwargs)
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
        self.alpha = alpha
        self.online = online
        self.guard = guard
        self.holdout_fraction = holdout_fraction
        self.memory_limit = memory_limit
        self.confirmed_only = confirmed_only
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
        self._check_online(runner)
        size = len(self.table)
        share = size if self.online else -(-size // get_world_size())
        self.bank = FeatureBank(size, share, self.memory_limit, runner.work_dir)
        self.predicted = self.table.given_labels.clone()
        self.tap = FeatureTap(plain_model(runner), self.feature_layer)

    def before_train_epoch(self, runner) -> None:
        if not self.online:
            super().before_train_epoch(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        if not self.online:
            super().before_train_iter(runner, batch_idx, data_batch)
            return
        if self.supervises:
            self.supervise(data_batch['data_samples'])
        if self._is_watching(runner):
            self.tap.__enter__()

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        """Online: keep what the pass computed; estimate at the end of a round."""
        if not self.online:
            return
        if self._is_watching(runner):
            self.tap.__exit__()
            rows = torch.tensor([s.sample_idx for s in data_batch['data_samples']])
            self._keep(rows, self.tap.take(), self.tap.take_probs())
        if not self.by_epoch:
            self.estimate_if_due(runner, runner.iter + 2)

    def after_train_epoch(self, runner) -> None:
        """Online: estimate for the next epoch, before the checkpoint is saved."""
        if self.online and self.by_epoch:
            self.estimate_if_due(runner, runner.epoch + 2)

    def _is_watching(self, runner) -> bool:
        """Whether the estimate that follows uses the present epoch or iteration."""
        if self.by_epoch:
            return self.is_due(runner.epoch + 2)
        return runner.iter + 1 >= self.start_epoch - self.interval

    @property
    def supervises(self) -> bool:
        return self.active or self.holdout_fraction != 0

    # How ------------------------------------------------------------------------

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Eq. 4 as a target; held-out samples have the corrected label or none."""
        alpha = self.alpha if self.corrects else 0.0
        suggested = F.one_hot(self.table.suggested_labels[rows].long(), self.num_classes)
        if alpha:
            targets = (1 - alpha) * targets + alpha * suggested
        held_out = self.holdout[rows]
        if held_out.any():
            known = suggested[held_out] * self.confirmed[rows[held_out], None]
            targets[held_out] = alpha * known
        return targets

    def estimate(self, runner) -> None:
        """One label correction phase."""
        if not self.online:
            for batch in self.walk(plain_model(runner)):
                self._keep(*batch)
        given = self.table.given_labels
        step = runner.epoch if self.by_epoch else runner.iter
        correction = self.correction(
            self.bank, given, self.allowed(), self.num_classes, step
        )
        if self.confirmed_only:
            merge_rows(self.predicted, self.bank.rows, self.predicted[self.bank.rows])
            self.confirmed = self.predicted == correction.labels
            labels = torch.where(self.confirmed, correction.labels, given)
            correction = correction._replace(labels=labels)
        among = self.confirmed if self.confirmed_only else None
        trust = self.trust_guard.judge(correction.labels, among)
        self.table.scores.copy_(correction.quality)
        self.table.suggested_labels.copy_(correction.labels if self.corrects else given)
        self._log(runner, correction, trust)
        self.bank.clear()

    @property
    def corrects(self) -> bool:
        """Whether training uses the corrected labels."""
        return self.active and (not self.guard or self.trust_guard.trusted)

    def _keep(self, rows: Tensor, features: Tensor, probs: Tensor) -> None:
        self.bank.add(rows, features)
        self.trust_guard.add(rows, probs)
        self.predicted[rows] = probs.argmax(dim=1).to(torch.int32).cpu()

    def allowed(self) -> Tensor:
        """(N,) the samples that may be prototypes: verified where any are."""
        allowed = ~self.holdout
        verification = self.training_set.verification
        if verification is None:
            return allowed
        given, right = self.table.given_labels, verification == 1
        verified = torch.zeros(self.num_classes, dtype=torch.bool)
        verified[given[right & allowed].long()] = True
        return allowed & (right | (~verified[given.long()] & (verification != 0)))

    def _draw_holdout(self) -> Tensor:
        """(N,) bool, the same share of each class."""
        if self.holdout_fraction is None:
            self.holdout_fraction = min(0.1, max(0.02, 1000 / len(self.table)))
        held_out = torch.zeros(len(self.table), dtype=torch.bool)
        rng = np.random.default_rng((self.seed, self.num_classes))
        for label in range(self.num_classes):
            rows = (self.table.given_labels == label).nonzero().flatten()
            count = round(self.holdout_fraction * len(rows))
            held_out[rows[torch.from_numpy(rng.permutation(len(rows))[:count])]] = True
        return held_out

    def _trust_rows(self) -> Tensor:
        """Verified samples, or held-out ones, or a sample of all."""
        if self.training_set.verification is not None:
            return (self.training_set.verification >= 0).nonzero().flatten()
        if self.holdout.any():
            return self.holdout.nonzero().flatten()
        rng = np.random.default_rng((self.seed, len(self.table)))
        order = rng.permutation(len(self.table))[:MOST_TRUST_SAMPLES]
        return torch.from_numpy(np.sort(order))

    def _check_online(self, runner) -> None:
        if not self.online:
            return
        if plain_model(runner).data_preprocessor.batch_augments is not None:
            raise ValueError(
                'online correction needs the features of single images, but batch '
                'augmentation (Mixup/CutMix) mixes them: use `online=False`'
            )
        for hook in runner.hooks:
            if isinstance(hook, CheckpointHook) and not self.by_epoch:
                if hook.by_epoch or hook.interval % self.interval:
                    raise ValueError(
                        'an online round that a checkpoint cuts in two could not be '
                        f'resumed: save checkpoints every multiple of {self.interval} '
                        f'iterations (now {hook.interval})'
                    )

    def _log(self, runner, correction: Correction, trust: LabelTrust) -> None:
        given = self.table.given_labels
        report = label_report(
            given, correction.labels, self.training_set.true_labels, correction.prototypes
        )
        report['given_accuracy_estimate'] = trust.given_accuracy
        report['corrected_accuracy_estimate'] = trust.corrected_accuracy
        report['predicted_accuracy_estimate'] = trust.predicted_accuracy
        report['estimate_error'] = min(trust.standard_error, 1.0)
        report['num_prototypes'] = len(correction.prototypes)
        report['alpha'] = self.alpha if self.corrects else 0.0
        step = runner.epoch if self.by_epoch else runner.iter
        runner.visualizer.add_scalars({f'smp/{k}': v for k, v in report.items()}, step)
        figures = ', '.join(f'{k}: {v:.4g}' for k, v in report.items())
        counts = torch.bincount(correction.labels, minlength=self.num_classes).tolist()
        quantiles = correction.density_quantiles
        runner.logger.info(
            f'SMP label correction: {figures}; density quantiles {min(quantiles)} to '
            f'{max(quantiles)}; estimated from {trust.num_samples} samples '
            f'({self._trust_source(trust)}); corrected labels by class: {counts}'
        )
        if self.guard and not self.corrects:
            runner.logger.info('the corrected labels are withheld: not clearly better')
        elif not self.guard and trust.corrected_accuracy < trust.given_accuracy:
            runner.logger.warning(
                'the corrected labels look worse than the given ones: about '
                f'{trust.corrected_accuracy:.1%} against {trust.given_accuracy:.1%} '
                f'right ({self._trust_source(trust)}). They are used all the same: give '
                'SMPHook `guard=True`, or start when the network is better trained'
            )
        if correction.num_unseen:
            runner.logger.warning(
                f'{correction.num_unseen} samples were not seen in this round and '
                'keep their given label'
            )

    def _trust_source(self, trust: LabelTrust) -> str:
        if trust.source == 'verification':
            return 'verification labels'
        if self.holdout_fraction:
            return 'noisy labels, held out'
        return 'noisy labels that were trained on: too high once they are memorised'

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        size = len(self.table)
        self.holdout = self._draw_holdout()
        self.confirmed = torch.ones(size, dtype=torch.bool)
        self.trust_guard = self._make_guard()

    def state_dict(self) -> dict:
        return dict(
            super().state_dict(),
            trust=self.trust_guard.state_dict(),
            holdout=self.holdout,
            confirmed=self.confirmed,
        )

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self.holdout = state['holdout']
        self.confirmed = state['confirmed']
        self.trust_guard = self._make_guard()
        self.trust_guard.load_state_dict(state['trust'])

    def _make_guard(self) -> TrustGuard:
        return TrustGuard(
            self._trust_rows(),
            self.table.given_labels,
            self.num_classes,
            self.training_set.verification,
        )
