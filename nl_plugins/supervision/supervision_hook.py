"""The mechanism of the methods that estimate labels and supervise batches."""

import sys
from typing import Any

import torch
from mmengine.dist import get_world_size
from torch import Tensor, nn

from ..checks import check_count
from .earlier_run import earlier_model
from .feature_bank import FeatureBank
from .feature_source import PassSource, WalkSource, check_online
from .sample_hook import plain_model
from .soft_targets import (
    batch_rows,
    read_targets,
    set_targets,
    smoothing,
    write_targets,
)
from .start_checks import warn_of_margin
from .table_hook import TableHook
from .walk import WalkBatch

__all__ = ['SupervisionHook']


class SupervisionHook(TableHook):
    """Turns what is known of the samples into the targets that train the model.

    Before the step, each sample of the batch gets a target vector as ``gt_score``,
    which MMPretrain's preprocessors, batch augmentations, heads and losses understand:
    no model has to change. Several hooks compose in their order: each transforms the
    target that the one before it left. A subclass says how labels are estimated
    (:meth:`estimate`, from what it saw in :meth:`observe`) and what a row of the table
    does to a target (:meth:`transform`). The margin of an ArcFace-like head stays at
    the given label (it takes it from ``gt_label``); a warning at the start says so.

    Args:
        start_epoch: The first epoch (counted from 1) that trains with the estimate made
            before it; in iterations if not ``by_epoch``.
        interval: Epochs (or iterations) between estimates; None: there is one.
        online: Learn from what the training passes of the last round computed instead
            of a walk. Costs no pass, but the features are those of augmented images and
            of a network in training mode that changed meanwhile.
        memory_limit: Bytes of features in memory; more lie in a file.
        **kwargs: See :class:`TableHook`.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training if
            the data, the model, the loss or the resumed table cannot work.

    >>> hook = SupervisionHook(start_epoch=3, interval=2)
    >>> hook.active = True
    >>> [epoch for epoch in range(1, 9) if hook.is_due(epoch)]
    [3, 5, 7]
    """

    checkpoint: str | None = None
    """Of an earlier run, whose model makes the first estimate: :meth:`network`."""

    _earlier: nn.Module | None = None

    def __init__(
        self,
        start_epoch: int = 1,
        interval: int | None = 1,
        online: bool = False,
        memory_limit: int = 4 << 30,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.start_epoch = check_count(start_epoch, 'start_epoch')
        if online and not self.by_epoch and interval is None:
            raise ValueError(
                f'{type(self).__name__} without `interval` has no rounds of iterations '
                'to learn from: use `online=False`, or count in epochs'
            )
        interval = sys.maxsize if interval is None else interval
        self.interval = check_count(interval, 'interval')
        self.online = online
        self.memory_limit = memory_limit
        if online and type(self).observe is SupervisionHook.observe:
            name = type(self).__name__
            raise ValueError(f'{name} predicts in a walk: use `online=False`')
        if online and start_epoch <= (1 if self.by_epoch else self.interval):
            raise ValueError(
                'online estimates need a round of training to learn from: '
                f'start_epoch={start_epoch} is too early'
            )

    # To override ----------------------------------------------------------------

    def observe(self, batch: WalkBatch) -> None:
        """Take in what :attr:`source` hands on when :meth:`estimate` runs it.

        A hook without this learns from walks of its own, and never ``online``.
        """
        raise NotImplementedError

    def estimate(self, runner) -> None:
        """Update the table from the present network."""
        raise NotImplementedError

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """New target vectors (B, K), on the CPU, of the samples ``rows`` (B,)."""
        raise NotImplementedError

    @property
    def supervises(self) -> bool:
        """Whether the targets of the batches are to be transformed now."""
        return self.active

    @property
    def finished(self) -> bool:
        """Whether no estimate follows any more."""
        return False

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        last = self.last_step(runner)
        if self.start_epoch > last:
            runner.logger.warning(
                f'{type(self).__name__} starts at {self.start_epoch}, but training '
                f'ends after {last}: it will do nothing'
            )
        super().before_train(runner)
        model = plain_model(runner)
        warn_of_margin(model, runner.logger)
        per_epoch = len(self.table) / (self.walk.batch_size * get_world_size())
        if not (self.by_epoch or self.online) and self.interval < per_epoch:
            runner.logger.warning(
                f'the training set is walked every {self.interval} iterations: '
                f'{per_epoch / self.interval:.1f} times while it is trained on once; '
                'raise `interval`'
            )
        self.source: Any = WalkSource(self.walk, self.observe)
        if self.online:
            self.source = PassSource(model, self.feature_layer, self.observe)
        if self.checkpoint is not None and not self.active:
            self._earlier = earlier_model(self, runner, self.checkpoint)

    def set_up_model(self, runner) -> None:
        super().set_up_model(runner)
        model = plain_model(runner)
        preprocessor: Any = model.data_preprocessor
        augments = getattr(preprocessor, 'batch_augments', None)
        if self.online:
            check_online(runner, self, model, augments)
        self.mixes = augments is not None
        self.smoothing = smoothing(model, self.num_classes)
        if set_targets not in preprocessor._forward_hooks.values():
            preprocessor.register_forward_hook(set_targets)

    def check_recipe(self, runner, recipe: dict) -> None:
        super().check_recipe(runner, recipe)
        if self.online:
            model = plain_model(runner)
            check_online(runner, self, model, recipe.get('batch_augments'))

    def before_train_epoch(self, runner) -> None:
        super().before_train_epoch(runner)
        if self.by_epoch and not self.online:
            self.estimate_if_due(runner, runner.epoch + 1)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        super().before_train_iter(runner, batch_idx, data_batch)
        if not self.by_epoch and not self.online:
            self.estimate_if_due(runner, runner.iter + 1)
        if self.supervises:
            self.supervise(data_batch)
        if self._learns_from_pass(runner):
            self.source.open()

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        """Online: take in what the pass computed; estimate at the end of a round."""
        if self._learns_from_pass(runner):
            self.source.close(batch_rows(data_batch))
        if self.online and not self.by_epoch:
            self.estimate_if_due(runner, runner.iter + 2)

    def after_train_epoch(self, runner) -> None:
        """Online: estimate for the next epoch, before the checkpoint is saved."""
        if self.online and self.by_epoch:
            self.estimate_if_due(runner, runner.epoch + 2)

    def estimate_if_due(self, runner, step: int) -> None:
        """Estimate if :meth:`is_due` says so."""
        if self.is_due(step):
            self.active = self._unwritten = True
            self.estimate(runner)
            self._earlier = None

    def is_due(self, step: int) -> bool:
        """Whether an estimate precedes this epoch or iteration (from 1).

        A run resumed without a state of this hook estimates at once.
        """
        since = step - self.start_epoch
        on_time = since >= 0 and since % self.interval == 0
        return not self.finished and (on_time or (since > 0 and not self.active))

    def _learns_from_pass(self, runner) -> bool:
        """Whether an online estimate uses the present epoch or iteration."""
        if not self.online or self.finished:
            return False
        if self.by_epoch:
            return self.is_due(runner.epoch + 2)
        return runner.iter + 1 >= self.start_epoch - self.interval

    # How ------------------------------------------------------------------------

    def network(self, runner) -> nn.Module:
        """What estimates: the run's model, or that of :attr:`checkpoint` at first."""
        return plain_model(runner) if self._earlier is None else self._earlier

    def make_bank(self, runner) -> FeatureBank:
        """A bank for the features that this rank observes."""
        size = len(self.training_set)
        share = self.source.share(size)
        return FeatureBank(size, share, self.memory_limit, runner.work_dir)

    def supervise(self, data_batch: dict) -> None:
        """Write the transformed targets of a batch; its labels must be the table's."""
        rows = batch_rows(data_batch)
        labels = torch.cat([sample.gt_label for sample in data_batch['data_samples']])
        expected = self.table.given_labels[rows].long()
        wrong = labels != expected
        if wrong.any():
            index, had = int(rows[wrong][0]), int(expected[wrong][0])
            raise RuntimeError(
                f'{self.training_set.name(index)} came with label '
                f'{int(labels[wrong][0])}, but had {had} at the start: the training '
                'pipeline or dataset changes labels'
            )
        targets = read_targets(data_batch, labels, self.num_classes, self.smoothing)
        targets = self.transform(targets, rows)
        write_targets(data_batch, targets, self.smoothing, self.mixes)
