"""The mechanism that all methods share: estimate labels, supervise batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import get_world_size, is_main_process
from mmengine.model import is_model_wrapper
from mmengine.runner import EpochBasedTrainLoop
from torch import Tensor, nn

from ..datasets.training_set import TrainingSet
from ..formats.label_file import write_label_file
from .feature_walk import FeatureWalk
from .sample_table import SampleTable
from .soft_targets import (
    batch_rows,
    read_targets,
    set_targets,
    smoothing,
    write_targets,
)
from .start_checks import check_model, check_packed_sample, walk_pipeline
from .stateful_hook import StatefulHook

__all__ = ['SupervisionHook']


class SupervisionHook(StatefulHook):
    """Turns what is known of the samples into the targets that train the model.

    Before the step, each sample of the batch gets a target vector as ``gt_score``,
    which MMPretrain's preprocessors, batch augmentations, heads and losses understand:
    no model has to change. Several hooks compose in their order: each transforms the
    target that the one before it left. A subclass says how labels are estimated
    (:meth:`estimate`) and what a row of the table does to a target
    (:meth:`transform`); the state is the :class:`SampleTable`, saved in every
    checkpoint under ``nl_plugins`` and restored by ``resume`` (``load_from`` starts
    with a fresh one).

    The estimate is made before epoch ``start_epoch`` and then every ``interval``
    epochs.

    Args:
        start_epoch: The first epoch (counted from 1) that trains with the estimate;
            in iterations if not ``by_epoch``.
        interval: Epochs (or iterations) between estimates.
        by_epoch: Count epochs or iterations.
        pipeline: Of the walk over the training set; by default that of the validation
            (else test) dataset. It must not be random.
        feature_layer: See ``FeatureTap``.
        cache_limit: Bytes of inputs kept between walks, for each process; 0 keeps none.
        label_file: Name of the cleaned-label file in the working directory, written
            with every checkpoint and at the end; None writes none.
        seed: Of everything that the method draws at random.

    Raises:
        ValueError: At the start of the training, if the data, the model, the loss
            or the resumed table cannot work; the message says what to change.
    """

    def __init__(
        self,
        start_epoch: int | str = 1,
        interval: int = 1,
        by_epoch: bool = True,
        pipeline: list | None = None,
        feature_layer: str | None = None,
        cache_limit: int = 1 << 30,
        label_file: str | None = 'cleaned_labels.csv',
        seed: int = 0,
    ) -> None:
        for name, value in dict(start_epoch=start_epoch, interval=interval).items():
            if not isinstance(value, int) or value < 1:
                raise ValueError(f'{name} must be a positive integer, got {value!r}')
        self.start_epoch = int(start_epoch)
        self.interval = interval
        self.by_epoch = by_epoch
        self.pipeline = pipeline
        self.feature_layer = feature_layer
        self.cache_limit = cache_limit
        self.label_file = label_file
        self.seed = seed
        self.active = False
        self._unwritten = False

    # To override ----------------------------------------------------------------

    def estimate(self, runner) -> None:
        """Update the table from the present network."""
        raise NotImplementedError

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """New target vectors (B, K) of the samples ``rows`` (B,); on the CPU."""
        raise NotImplementedError

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        """Look at data and model, make the table, take over a resumed state."""
        if self.by_epoch and not isinstance(runner.train_loop, EpochBasedTrainLoop):
            raise ValueError(
                f'{type(runner.train_loop).__name__} has no epochs: give '
                f'{type(self).__name__} `by_epoch=False` and `start_epoch` and '
                '`interval` in iterations'
            )
        last = runner.max_epochs if self.by_epoch else runner.max_iters
        if self.start_epoch > last:
            runner.logger.warning(
                f'{type(self).__name__} starts at {self.start_epoch}, but training '
                f'ends after {last}: it will do nothing'
            )
        model = plain_model(runner)
        loader = runner.train_dataloader
        check_packed_sample(loader.dataset)
        self.training_set = TrainingSet(loader.dataset)
        self.walk = FeatureWalk(
            self.training_set.dataset,
            walk_pipeline(runner, self.pipeline),
            batch_size=_batch_size(loader),
            num_workers=loader.num_workers,
            cache_limit=self.cache_limit,
            feature_layer=self.feature_layer,
        )
        example = self.walk.probe(model)
        self.num_classes = example.probs.size(1)
        self.num_features = example.features.size(1)
        self.training_set.check_labels(self.num_classes)
        check_model(model, self.num_classes)
        if len(self.training_set) < get_world_size():
            raise ValueError(
                f'{get_world_size()} processes for {len(self.training_set)} samples'
            )
        self.smoothing = smoothing(model, self.num_classes)
        preprocessor: Any = model.data_preprocessor
        self.mixes = getattr(preprocessor, 'batch_augments', None) is not None
        if set_targets not in preprocessor._forward_hooks.values():
            preprocessor.register_forward_hook(set_targets)
        self.make_state()
        self.take_over()

    def before_train_epoch(self, runner) -> None:
        """Estimate, if it is time."""
        if self.by_epoch:
            self.estimate_if_due(runner, runner.epoch + 1)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        """Estimate, if it is time, and give the batch its targets."""
        if not self.by_epoch:
            self.estimate_if_due(runner, runner.iter + 1)
        if self.supervises:
            self.supervise(data_batch)

    def estimate_if_due(self, runner, step: int) -> None:
        """Estimate before the epochs or iterations (from 1) that the schedule names.

        A run resumed without a state of this hook estimates at once.
        """
        if self.is_due(step) or (step > self.start_epoch and not self.active):
            self.active = self._unwritten = True
            self.estimate(runner)

    def is_due(self, step: int) -> bool:
        """Whether the schedule names this epoch or iteration (from 1)."""
        since = step - self.start_epoch
        return since >= 0 and since % self.interval == 0

    @property
    def supervises(self) -> bool:
        """Whether the targets of the batches are to be transformed now."""
        return self.active

    # How ------------------------------------------------------------------------

    def supervise(self, data_batch: dict) -> None:
        """Write the transformed targets of a batch.

        Raises:
            RuntimeError: If a sample carries another label than its row.
        """
        samples = data_batch['data_samples']
        rows = batch_rows(data_batch)
        labels = torch.cat([sample.gt_label for sample in samples])
        expected = self.table.given_labels[rows].long()
        if not torch.equal(labels, expected):
            wrong = labels != expected
            index = int(rows[wrong][0])
            had, got = int(self.table.given_labels[index]), int(labels[wrong][0])
            raise RuntimeError(
                f'{self.training_set.name(index)} came with label {got}, but had {had} '
                'at the start: the training pipeline or dataset changes labels'
            )
        targets = read_targets(data_batch, labels, self.num_classes, self.smoothing)
        targets = self.transform(targets, rows)
        write_targets(data_batch, targets, self.smoothing, self.mixes)

    def log_round(
        self,
        runner,
        title: str,
        report: dict[str, float],
        label_counts: Sequence[int] = (),
        more: str = '',
    ) -> None:
        """Log the figures of an estimate, as text and as scalars ``<hook>/<figure>``.

        Args:
            runner: Of the run.
            title: What the text begins with.
            report: From a figure's name to its value.
            label_counts: Samples of each class, as ``<hook>/class_<i>``.
            more: Ends the text.
        """
        name = self.name(runner).replace('Hook', '').lower()
        scalars = dict(report)
        scalars.update({f'class_{i}': count for i, count in enumerate(label_counts)})
        runner.visualizer.add_scalars(
            {f'{name}/{key}': value for key, value in scalars.items()},
            runner.epoch if self.by_epoch else runner.iter,
        )
        figures = ', '.join(f'{key}: {value:.4g}' for key, value in report.items())
        runner.logger.info(f'{title}: {figures}{more}')

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        """Make the state of a fresh run, when data and model are known."""
        self.table = SampleTable(
            self.training_set.given_labels, self.training_set.fingerprint
        )

    def state_dict(self) -> dict:
        """Everything that a resumed run needs; tensors and plain values only."""
        return dict(active=self.active, table=self.table.state_dict())

    def load_state_dict(self, state: dict) -> None:
        """Take over :meth:`state_dict` of the same training set."""
        self.table.load_state_dict(state['table'])
        self.active = self._unwritten = state['active']

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Put the state next to the weights, and write the cleaned labels."""
        super().before_save_checkpoint(runner, checkpoint)
        self.write_labels(runner)

    def after_train(self, runner) -> None:
        """Write the cleaned labels."""
        if is_main_process():
            self.write_labels(runner)

    def write_labels(self, runner) -> None:
        """Write the table, if it changed, as a file that ``NoisyLabels`` reads."""
        if self.label_file is None or not self._unwritten:
            return
        write_label_file(
            self._label_path(runner),
            img_paths=self.training_set.paths(),
            given_labels=self.table.given_labels,
            suggested_labels=self.table.suggested_labels,
            scores=self.table.scores,
            weights=self.table.weights,
            selected=self.table.selected,
        )
        self._unwritten = False

    def _label_path(self, runner) -> Path:
        """A file for each hook: those after the first have their name in it."""
        path = Path(runner.work_dir) / str(self.label_file)
        hooks = [hook for hook in runner.hooks if isinstance(hook, SupervisionHook)]
        first = next(hook for hook in hooks if hook.label_file == self.label_file)
        if first is self:
            return path
        return path.with_name(f'{path.stem}_{self.name(runner)}{path.suffix}')


def plain_model(runner) -> nn.Module:
    """The classifier without its wrapper."""
    return runner.model.module if is_model_wrapper(runner.model) else runner.model


def _batch_size(loader) -> int:
    return loader.batch_size or getattr(loader.batch_sampler, 'batch_size', None) or 1
