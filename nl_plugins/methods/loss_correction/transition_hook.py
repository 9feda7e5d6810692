"""The matrix of label noise for the losses that are corrected by it."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_choice, check_fraction
from ...functional import anchor_transition, label_confusion, recovered_labels
from ...losses.corrected_loss import CorrectedLoss
from ...supervision.sample_hook import plain_model
from ...supervision.soft_targets import loss_modules
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import likeliest_other

__all__ = ['TransitionHook']


@HOOKS.register_module()
class TransitionHook(SupervisionHook):
    """Estimates T and writes it into a forward or backward corrected loss.

    Patrini et al. 2017, Algorithm 1: train on the noisy labels, estimate T[i, j] =
    p(noisy j | true i) from the network's predictions, train with the corrected loss.
    In either way let T be estimated before the network memorises labels: one that has
    memorised them is too sure of them.

    With a ``checkpoint`` and ``start_epoch=1``, as in the paper: a first run trained a
    network with cross entropy, and its predictions make T; a second one trains another
    from scratch, all of it with the corrected loss. Without, all is one run: before
    ``start_epoch`` T is the identity, and the loss is cross entropy; then the weights
    go on, with what they have learnt of wrong labels. Restart the optimizer with
    ``OptimizerRestartHook`` if the schedule wants it.

    T is saved and resumed, no part of the model's ``state_dict``, and logged; where
    true labels are known with its mean absolute error and how many labels would be
    right after ``functional.recovered_labels``, the rows of Ding et al., Table 2.

    Args:
        start_epoch: First epoch (from 1) with the corrected loss; in iterations if not
            ``by_epoch``.
        source: 'anchors': :func:`~nl_plugins.functional.anchor_transition` of the
            predictions of all training images, in memory. 'known': counted over the
            samples with a clean label (``CleanLabels``), or a verification label; where
            that says "wrong", the true class is supposed to be the likeliest other one.
        quantile: See ``anchor_transition``.
        prior: See :func:`~nl_plugins.functional.label_confusion`, for 'known'.
        interval: Epochs between estimates; None estimates once, as the paper does.
            After that the network predicts true labels: its predictions times T are
            those of noisy labels, from which 'anchors' makes the next T.
        checkpoint: Weights of a model with the backbone, neck and head of this run,
            for the first estimate; None takes the network itself.
        label_file: See :class:`SupervisionHook`, also for ``**kwargs``.

    Raises:
        ValueError: At the start, if the model has no such loss, nothing is known, or
            the checkpoint knows other classes.
        FileNotFoundError: At the start, if the checkpoint is not there.
        RuntimeError: At the start, if the checkpoint is that of another model.

    >>> hook = HOOKS.build(dict(type='TransitionHook', start_epoch=7, quantile=0.97))
    >>> hook.is_due(6), hook.is_due(7)
    (False, True)
    """

    supervises = False

    def __init__(
        self,
        start_epoch: int,
        source: str = 'anchors',
        quantile: float = 1.0,
        prior: float = 1.0,
        interval: int | None = None,
        checkpoint: str | None = None,
        label_file: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, label_file=label_file, **kwargs)
        self.source_of_truth = check_choice('source', source, ('anchors', 'known'))
        self.quantile = check_fraction(quantile, 'quantile')
        self.prior = check_fraction(prior, 'prior', zero=True)
        self.checkpoint = checkpoint

    def before_run(self, runner) -> None:
        super().before_run(runner)
        self._network = plain_model(runner)
        for loss in self.losses:
            if not loss.is_set:
                loss.set_transition(torch.eye(len(loss.transition)))

    @property
    def losses(self) -> list[CorrectedLoss]:
        """The losses to correct; another hook may exchange them."""
        modules = loss_modules(self._network)
        return [loss for loss in modules if isinstance(loss, CorrectedLoss)]

    def before_train(self, runner) -> None:
        if not self.losses:
            raise ValueError(
                'TransitionHook has no loss to correct: give the head '
                'loss=dict(type="ForwardCorrectedLoss", num_classes=K)'
            )
        super().before_train(runner)
        columns = self.training_set.columns
        known = columns.knows('clean_labels') or columns.knows('verification')
        if self.source_of_truth == 'known' and not known:
            raise ValueError(
                'no sample of the training set has a clean or a verification label to '
                'count: use `source="anchors"`, or CleanLabels or VerificationLabels'
            )

    def estimate(self, runner) -> None:
        found = self.walk.predictions(self.network(runner))
        if self.source_of_truth == 'anchors':
            probs = found['probs'][found.known]
            if self._earlier is None:  # this run's network predicts the true labels
                probs = probs @ self.transition.to(probs)
            transition = anchor_transition(probs, self.quantile)
        else:
            pairs = self._known_pairs(found['probs'])
            transition = label_confusion(*pairs, self.num_classes, self.prior).T
        self._set(transition)
        summary = dict(diagonal=float(transition.diagonal().mean()))
        known = self.training_set.true_labels >= 0
        if known.any():
            summary.update(self._against_the_truth(transition, known))
        rows = [[round(value, 3) for value in row] for row in transition.tolist()]
        self.log_round(runner, 'label noise', summary, more=f'; T: {rows}')

    def _against_the_truth(self, transition: Tensor, known: Tensor) -> dict[str, float]:
        """The error of T, and Table 2 of Ding et al.: right labels after correction."""
        true = self.training_set.true_labels[known]
        given = self.training_set.given_labels[known]
        truth = label_confusion(true, given, self.num_classes, prior=0).T
        summary = dict(error=float((transition - truth).abs().mean()))
        if torch.linalg.matrix_rank(transition) == len(transition):
            for name, seed in (('argmax_right', None), ('sampled_right', self.seed)):
                labels = recovered_labels(given, transition, seed)
                summary[name] = float((labels == true).double().mean())
        return summary

    def _known_pairs(self, probs: Tensor) -> tuple[Tensor, Tensor]:
        """True and noisy labels of the samples where both are known or inferred."""
        columns, given = self.training_set.columns, self.training_set.given_labels
        clean = torch.tensor(columns.clean_labels, dtype=torch.int64)
        noisy = torch.tensor(columns.noisy_labels, dtype=torch.int64)
        verification = self.training_set.verification
        both = (clean >= 0) & (noisy >= 0)
        judged = ~both & (verification >= 0)
        others = likeliest_other(probs, given)
        judged_true = torch.where(verification == 1, given, others)
        true = torch.cat([clean[both], judged_true[judged]])
        return true, torch.cat([noisy[both], given[judged]])

    def _set(self, transition: Tensor) -> None:
        self.transition = transition.cpu()
        for loss in self.losses:
            loss.set_transition(self.transition, 'the estimated label noise')

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        self.transition = self.losses[0].transition.cpu().double()

    def state_dict(self) -> dict:
        return dict(super().state_dict(), transition=self.transition.clone())

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self._set(state['transition'])
