"""Phases and the confusion matrix of the label noise layer (Xiao et al., CVPR 2015)."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...datasets.columns import known_labels
from ...supervision.label_summary import label_summary
from ...supervision.start_checks import check_model
from ...supervision.table_hook import TableHook, plain_model
from ...supervision.walk import WalkBatch
from .confident_walk import walk_confident_labels
from .noise_layer_checks import check_networks, check_phases, check_wrapper
from .noise_layer_pictures import draw_matrices, draw_posteriors
from .noise_posteriors import noise_posteriors, walk_noise_types

__all__ = ['NoiseLayerHook']

ESTIMATES = ('clean', 'predictions', None)


@HOOKS.register_module()
class NoiseLayerHook(TableHook):
    """Trains a ``NoiseLayerClassifier`` in the paper's phases.

    §4: p(y|x) is trained on clean data, p(z|x) on the optimal noise types, then both on
    noisy data mixed with clean data::

        dict(type='NoiseLayerHook', phases=dict(classes=1, types=6, joint=11))

    The phases (see ``NoiseLayerClassifier``) start at these epochs, counted from 1. An
    epoch holds the samples that its phase trains on, if ``CleanNoisySampler`` draws
    them. One phase a run works as well, ``phases=dict(types=1)`` with ``load_from``:
    the matrix and both networks are in the checkpoint. The phase follows from the
    epoch alone, so resuming is exact. Most phases leave one network out, and several
    processes need ``find_unused_parameters = True`` at the top of the config.

    After a joint phase the posterior of every training sample is taken once more and
    written to the cleaned-label file: the suggested label is its mode, the score the
    posterior of the given label. Clean labels are kept.

    Args:
        phases: From phase to its first epoch, or iteration if not ``by_epoch``.
        estimate: What the matrix is estimated from before the training: 'clean' the
            samples with both labels; None leaves the one of the config or checkpoint.
            'predictions', not in the paper, needs no clean label: when the joint phase
            starts, the labels that the network is confident of take their place
            (:func:`~nl_plugins.functional.confident_labels`; it should not have
            memorised the noisy labels yet, so a few epochs ``given`` before it).
        by_epoch: Count epochs or iterations. In an iteration-based loop the sampler
            stays as it is, and samples that a phase has no use for add nothing.
        **kwargs: See :class:`TableHook`; the random seed is not used, for nothing is
            drawn.

    Raises:
        ValueError: At the start of the training, if the phases, data, model or matrix
            cannot work, or a resumed run had another matrix.

    >>> phases = dict(classes=1, types=6, joint=11)
    >>> hook = HOOKS.build(dict(type='NoiseLayerHook', phases=phases))
    >>> [hook.phase_at(epoch) for epoch in (5, 6, 30)]
    ['classes', 'types', 'joint']
    """

    def __init__(
        self,
        phases: Mapping[str, int],
        estimate: str | None = 'clean',
        by_epoch: bool = True,
        **kwargs,
    ) -> None:
        super().__init__(by_epoch=by_epoch, feature_layer='head', **kwargs)
        if estimate not in ESTIMATES:
            raise ValueError(f'estimate must be one of {ESTIMATES}, got {estimate!r}')
        self.phases = check_phases(phases)
        self.estimate_from = estimate

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        super().before_train(runner)
        model: Any = plain_model(runner)
        check_model(model, self.num_classes)
        check_networks(model, self.phases, self.num_classes, self.walk)
        check_wrapper(runner.model, self.phases)
        last = self.last_step(runner)
        for phase, start in self.phases.items():
            if start > last:
                runner.logger.warning(
                    f'the phase {phase!r} starts at {start}, but training ends after '
                    f'{last}: it will not be trained'
                )
        if self.estimate_from == 'clean':
            self.estimate_from_clean(runner, model.noise_layer)
        elif self.estimate_from is None:
            model.noise_layer.matrix()
        self.phase: str | None = None

    def before_train_epoch(self, runner) -> None:
        if self.by_epoch:
            self.enter_phase(runner, runner.epoch + 1)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        if not self.by_epoch:
            self.enter_phase(runner, runner.iter + 1)

    def after_train(self, runner) -> None:
        if self.phase_at(self.step(runner)) == 'joint':
            self.estimate(runner)
            self.active = self._unwritten = True
        super().after_train(runner)

    def phase_at(self, step: int) -> str:
        """The phase of an epoch or iteration, counted from 1."""
        started = [n for n, start in self.phases.items() if start <= max(step, 1)]
        return started[-1]

    def enter_phase(self, runner, step: int) -> None:
        """Set the phase of model and sampler, where it begins or a run is resumed."""
        phase = self.phase_at(step)
        if phase == self.phase:
            return
        model: Any = plain_model(runner)
        starts = phase == 'joint' and step == self.phases['joint']
        if starts and self.estimate_from == 'predictions':
            self.estimate_from_predictions(runner, model)
        model.set_phase(phase)
        sampler: Any = getattr(runner.train_dataloader, 'sampler', None)
        if self.by_epoch and hasattr(sampler, 'set_phase'):
            sampler.set_phase(phase)
        runner.logger.info(f'noise layer: phase {phase!r}')
        self.phase = phase

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        self.clean_labels, self.noisy_labels = self.read_labels()
        known = torch.stack([self.clean_labels, self.noisy_labels])
        self.known_labels = hashlib.sha256(known.numpy().tobytes()).hexdigest()

    def state_dict(self) -> dict:
        return dict(super().state_dict(), known_labels=self.known_labels)

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        if state['known_labels'] != self.known_labels:
            raise ValueError(
                'the clean or noisy labels are not those of the run to resume: resume '
                'with its labels, or give its checkpoint as `load_from`'
            )

    # How ------------------------------------------------------------------------

    def read_labels(self) -> tuple[Tensor, Tensor]:
        """Clean and noisy labels (N,) int64 of the training set, -1 where unknown."""
        labels = known_labels(self.training_set.dataset)
        if labels is None:
            given = self.training_set.given_labels
            return torch.full_like(given, -1), given
        clean, noisy = (torch.from_numpy(column).long() for column in labels)
        return clean, noisy

    def estimate_from_clean(self, runner, noise_layer: Any) -> None:
        """Estimate the matrix from the samples with both labels."""
        both = (self.clean_labels >= 0) & (self.noisy_labels >= 0)
        if not both.any():
            raise ValueError(
                'no training sample has both a clean and a noisy label, from which the '
                'confusion matrix could be estimated: wrap the dataset in CleanLabels, '
                'give the noise layer `confusion`, or use `estimate="predictions"`'
            )
        noise_layer.estimate(self.clean_labels[both], self.noisy_labels[both])
        self.log_matrix(runner, self.clean_labels, 'samples with both labels')

    def estimate_from_predictions(self, runner, model: Any) -> None:
        """Estimate the matrix with confident predictions in place of clean labels."""
        guesses = walk_confident_labels(model, self.walk, self.noisy_labels)
        guesses = torch.where(self.clean_labels < 0, guesses, self.clean_labels)
        both = (guesses >= 0) & (self.noisy_labels >= 0)
        model.noise_layer.estimate(guesses[both], self.noisy_labels[both])
        self.log_matrix(runner, guesses, 'samples with a confident prediction')

    def log_matrix(self, runner, true_labels: Tensor, source: str) -> None:
        """Say what the matrix was estimated from."""
        both = (true_labels >= 0) & (self.noisy_labels >= 0)
        wrong = both & (true_labels != self.noisy_labels)
        seen = torch.bincount(true_labels[wrong], minlength=self.num_classes) > 0
        runner.logger.info(
            f'confusion matrix estimated from {int(both.sum())} {source}; '
            f'{int(wrong.sum())} of them are mislabelled, and such samples were seen '
            f'of {int(seen.sum())} of {self.num_classes} classes'
        )

    def estimate(self, runner) -> None:
        """Suggest labels by the posterior, and score the given ones."""
        model: Any = plain_model(runner)
        table, clean, noisy = self.table, self.clean_labels, self.noisy_labels
        types = walk_noise_types(model, self.walk)

        def infer(batch: WalkBatch) -> dict[str, Tensor]:
            q_y = noise_posteriors(model, batch, types, noisy).class_posterior
            given = table.given_labels[batch.rows, None].long().to(q_y.device)
            return dict(labels=q_y.argmax(dim=1), scores=q_y.gather(1, given)[:, 0])

        found = self.walk.collect(model, infer)
        known = found.known
        table.suggested_labels[known] = found['labels'][known].int()
        table.scores[known] = found['scores'][known]
        table.suggested_labels[clean >= 0] = clean[clean >= 0].int()
        table.scores[clean >= 0] = 1
        torch.eq(table.suggested_labels, table.given_labels, out=table.selected)
        true = self.training_set.true_labels
        summary = label_summary(table.given_labels, table.suggested_labels, true)
        self.log_round(runner, 'labels by the posterior', summary)

    def draw(
        self, runner, folder: Path, count: int = 32, samples: Sequence[int] = ()
    ) -> list[str]:
        """The paper's Fig. 6, and after a joint phase the labels and Fig. 7 and 8."""
        folder, model = Path(folder), plain_model(runner)
        paths = draw_matrices(self, model, folder)
        if self.phase_at(self.step(runner)) != 'joint':
            return paths
        paths += super().draw(runner, folder, count, samples)
        return [*paths, *draw_posteriors(self, model, folder, samples)]
