"""Phases and the confusion matrix of the label noise layer (Xiao et al., CVPR 2015)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import all_reduce
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...datasets.columns import known_labels
from ...formats.fingerprint import fingerprint
from ...functional import confidence_totals, confident_labels, self_confidence
from ...supervision.label_summary import label_summary
from ...supervision.sample_hook import plain_model
from ...supervision.table_hook import TableHook
from ...supervision.walk import WalkBatch
from .noise_layer_checks import check_networks, check_phases
from .noise_layer_pictures import draw_matrices, draw_posteriors
from .noise_posteriors import noise_posteriors, walk_noise_types

__all__ = ['NoiseLayerHook']

ESTIMATES = ('clean', 'predictions', None)


@HOOKS.register_module()
class NoiseLayerHook(TableHook):
    """Trains a ``NoiseLayerClassifier`` in the paper's phases.

    §4: p(y|x) is trained on clean data, p(z|x) on the optimal noise types, then both on
    noisy data mixed with clean data (see ``NoiseLayerClassifier``). An epoch holds the
    samples that its phase trains on, if ``CleanNoisySampler`` draws them. One phase per
    run works as well, ``phases=dict(types=1)`` with ``load_from``: the matrix and both
    networks are in the checkpoint. Most phases leave one network out, and several
    processes need ``find_unused_parameters = True`` at the top of the config.

    After a joint phase the posterior of every training sample is written to the
    cleaned-label file: the suggested label is its mode, the score the posterior of the
    given label. Clean labels are kept.

    Args:
        phases: From phase to its first epoch, from 1, or iteration if not ``by_epoch``.
        estimate: What the matrix is estimated from before the training: 'clean' the
            samples with both labels; None leaves the one of the config or checkpoint.
            'predictions', not in the paper, needs no clean label: when the joint phase
            starts, the labels that the network is confident of take their place
            (:func:`~nl_plugins.functional.confident_labels`; it should not have
            memorised the noisy labels yet, so a few epochs ``given`` before it).
        by_epoch: Count epochs or iterations. In an iteration-based loop the sampler
            stays as it is, and samples that a phase has no use for add nothing.
        **kwargs: See :class:`TableHook`; nothing is drawn with the random seed.

    Raises:
        ValueError: At the start of the training, if the phases, data, model or matrix
            cannot work, or a resumed run had another matrix.

    >>> phases = dict(classes=1, types=6, joint=11)
    >>> hook = HOOKS.build(dict(type='NoiseLayerHook', phases=phases))
    >>> [hook.phase_at(epoch) for epoch in (5, 6, 30)]
    ['classes', 'types', 'joint']
    """

    def __init__(
        self, phases: Mapping[str, int], estimate: str | None = 'clean', **kwargs
    ) -> None:
        super().__init__(feature_layer='head', **kwargs)
        self.phase: str | None = None
        if estimate not in ESTIMATES:
            raise ValueError(f'estimate must be one of {ESTIMATES}, got {estimate!r}')
        self.phases = check_phases(phases)
        self.estimate_from = estimate

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        super().before_train(runner)
        model: Any = plain_model(runner)
        last = self.last_step(runner)
        for phase in (name for name, start in self.phases.items() if start > last):
            runner.logger.warning(
                f'the phase {phase!r} starts at {self.phases[phase]}, but training '
                f'ends after {last}: it will not be trained'
            )
        if self.estimate_from == 'clean':
            if not self.have_both(self.clean_labels).any():
                raise ValueError(
                    'no training sample has both a clean and a noisy label, from which '
                    'the confusion matrix could be estimated: wrap the dataset in '
                    'CleanLabels, give the noise layer `confusion`, or use '
                    '`estimate="predictions"`'
                )
            self.estimate_matrix(runner, self.clean_labels, 'samples with both labels')
        elif self.estimate_from is None:
            model.noise_layer.matrix()
        self.phase = None

    def set_up_model(self, runner) -> None:
        super().set_up_model(runner)
        settings = list(self.phases), self.num_classes, self.walk
        check_networks(runner.model, plain_model(runner), *settings)
        if self.phase is not None:  # the check tried them all
            self._set_phase(runner, self.phase)

    def before_train_epoch(self, runner) -> None:
        super().before_train_epoch(runner)
        if self.by_epoch:
            self.enter_phase(runner, runner.epoch + 1)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        super().before_train_iter(runner, batch_idx, data_batch)
        if not self.by_epoch:
            self.enter_phase(runner, runner.iter + 1)

    def after_train(self, runner) -> None:
        if self.phase_at(self.step(runner)) == 'joint':
            self.estimate(runner)
            self.active = self._unwritten = True
        super().after_train(runner)

    def phase_at(self, step: int) -> str:
        """The phase of an epoch or iteration, counted from 1."""
        return [n for n, start in self.phases.items() if start <= max(step, 1)][-1]

    def enter_phase(self, runner, step: int) -> None:
        """Set the phase of model and sampler, where it begins or a run is resumed."""
        phase = self.phase_at(step)
        if phase == self.phase:
            return
        model: Any = plain_model(runner)
        starts = phase == 'joint' and step == self.phases['joint']
        if starts and self.estimate_from == 'predictions':
            source = 'samples with a confident prediction'
            self.estimate_matrix(runner, self.guess_labels(model), source)
        self._set_phase(runner, phase)
        runner.logger.info(f'noise layer: phase {phase!r}')
        self.phase = phase

    def _set_phase(self, runner, phase: str) -> None:
        model: Any = plain_model(runner)
        model.set_phase(phase)
        sampler: Any = getattr(runner.train_dataloader, 'sampler', None)
        if self.by_epoch and hasattr(sampler, 'set_phase'):
            sampler.set_phase(phase)

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        labels = known_labels(self.training_set.dataset)
        if labels is None:
            noisy = self.training_set.given_labels
            clean = torch.full_like(noisy, -1)
        else:
            clean, noisy = (torch.from_numpy(column).long() for column in labels)
        self.clean_labels, self.noisy_labels = clean, noisy
        self.known_labels = fingerprint(clean, noisy)

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

    def have_both(self, true_labels: Tensor) -> Tensor:
        """(N,) bool, the samples with a noisy label and one of these (N,)."""
        return (true_labels >= 0) & (self.noisy_labels >= 0)

    def estimate_matrix(self, runner, true_labels: Tensor, source: str) -> None:
        """Estimate the matrix from samples with a noisy and a true or guessed label."""
        noisy, both = self.noisy_labels, self.have_both(true_labels)
        layer: Any = plain_model(runner).noise_layer
        layer.estimate(true_labels[both], noisy[both])
        wrong = true_labels[both & (true_labels != noisy)]
        runner.logger.info(
            f'confusion matrix estimated from {int(both.sum())} {source}; '
            f'{len(wrong)} of them are mislabelled, and such samples were seen '
            f'of {wrong.unique().numel()} of {self.num_classes} classes'
        )

    def guess_labels(self, model: Any) -> Tensor:
        """(N,) the clean labels, and elsewhere the class that the network is sure of.

        Confident learning, in two walks, for the thresholds and for the labels, so
        that no predictions are kept; -1 where no class reaches its threshold.
        """
        totals: Any = 0
        for batch in self.walk(model):
            noisy = self.noisy_labels[batch.rows]
            known = noisy >= 0
            totals = totals + confidence_totals(batch.probs.cpu()[known], noisy[known])
        all_reduce(totals, 'sum')
        thresholds = self_confidence(totals)

        def guess(batch: WalkBatch) -> dict[str, Tensor]:
            return dict(labels=confident_labels(batch.probs.cpu(), thresholds))

        found = self.walk.collect(model, guess)
        guesses = torch.where(found.known, found['labels'], -1)
        return torch.where(self.clean_labels < 0, guesses, self.clean_labels)

    def estimate(self, runner) -> None:
        """Suggest labels by the posterior, and score the given ones."""
        model: Any = plain_model(runner)
        table, types = self.table, walk_noise_types(model, self.walk)
        given = table.given_labels

        def infer(batch: WalkBatch) -> dict[str, Tensor]:
            found = noise_posteriors(model, batch, types, self.noisy_labels)
            q_y = found['class_posterior'].cpu()
            scores = q_y.gather(1, given[batch.rows, None].long())[:, 0]
            return dict(labels=q_y.argmax(dim=1), scores=scores)

        found = self.walk.collect(model, infer)
        known, clean = found.known, self.clean_labels >= 0
        table.suggested_labels[known] = found['labels'][known].int()
        table.scores[known] = found['scores'][known]
        table.suggested_labels[clean] = self.clean_labels[clean].int()
        table.scores[clean] = 1
        torch.eq(table.suggested_labels, given, out=table.selected)
        labels = given, table.suggested_labels, self.training_set.true_labels
        summary = label_summary(*labels)
        self.log_round(runner, 'labels by the posterior', summary)

    def recommend(self) -> dict[str, Tensor]:
        """A clean label is better than the given one; of the posterior nobody knows."""
        return dict(replace=(self.clean_labels >= 0) & ~self.table.selected)

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
