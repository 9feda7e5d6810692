"""A hook that walks over the training samples and keeps what is known of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.dist import is_main_process
from torch import Tensor

from ..datasets.training_set import TrainingSet
from ..formats.label_file import advice, recommend, write_label_file
from .pictures import draw_suspicious
from .sample_hook import SampleHook, plain_model
from .sample_table import SampleTable
from .soft_targets import check_loss
from .start_checks import check_model, walk_pipeline
from .walk import Walk, by_prediction

__all__ = ['TableHook']


class TableHook(SampleHook):
    """Walks over the training samples, and keeps a row for each.

    The state is the :class:`SampleTable`, which is also written as the cleaned-label
    file with every checkpoint and at the end.

    Args:
        by_epoch: Count epochs or iterations.
        pipeline: Pipeline of the walk over the training set; by default that of the
            validation (else test) dataset. It must not be random.
        feature_layer: See :class:`FeatureTap`.
        cache_limit: Bytes of inputs kept between walks, per process; 0 keeps none.
        seed: Random seed of everything that the method draws.
        label_file: Name of the cleaned-label file in the working directory; None
            writes none.

    Raises:
        ValueError: At the start of the training, if the data, the model or the resumed
            table cannot work; the message says what to change.

    >>> hook = TableHook(by_epoch=False, label_file=None)
    >>> hook.active  # whether the table holds an estimate
    False
    """

    def __init__(
        self,
        by_epoch: bool = True,
        pipeline: list | None = None,
        feature_layer: str | None = None,
        cache_limit: int = 1 << 30,
        seed: int = 0,
        label_file: str | None = 'cleaned_labels.csv',
    ) -> None:
        super().__init__(by_epoch)
        self.pipeline, self.feature_layer = pipeline, feature_layer
        self.cache_limit = cache_limit
        self.seed = seed
        self.label_file = label_file
        self.active = self._unwritten = False

    # When -----------------------------------------------------------------------

    def set_up_samples(self, runner) -> None:
        super().set_up_samples(runner)
        loader = runner.train_dataloader
        sampler_size = getattr(loader.batch_sampler, 'batch_size', None)
        self.walk = Walk(
            self.training_set.dataset,
            walk_pipeline(runner, self.pipeline),
            loader.batch_size or sampler_size or 1,
            loader.num_workers,
            self.cache_limit,
            self.feature_layer,
        )
        example = self.walk.probe(plain_model(runner))
        self.num_classes = example.probs.size(1)
        self.num_features = example.features.size(1)
        self.training_set.check_labels(self.num_classes)

    def set_up_model(self, runner) -> None:
        super().set_up_model(runner)
        if self.pipeline is None and runner.val_loop is not None:
            self.walk.use(walk_pipeline(runner, None))  # another, if it was exchanged
        check_model(plain_model(runner), self.num_classes)

    def check_recipe(self, runner, recipe: dict) -> None:
        super().check_recipe(runner, recipe)
        if 'loss' in recipe:
            check_loss(recipe['loss'], self.num_classes, torch.device('cpu'))

    def after_train(self, runner) -> None:
        if is_main_process():
            self.write_labels(runner)
            if self.active and self.label_file is not None:
                path = self._label_path(runner)
                runner.logger.info(advice(path, self._recommended()))

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        super().before_save_checkpoint(runner, checkpoint)
        self.write_labels(runner)

    # How ------------------------------------------------------------------------

    @property
    def class_names(self) -> list[str]:
        """What the model's classes are called; numbers for those without a name."""
        return self.training_set.class_names(self.num_classes)

    def walk_over(
        self,
        samples: TrainingSet,
        batch_size: int | None = None,
        num_workers: int | None = None,
        cache_limit: int = 0,
    ) -> Walk:
        """A walk over other samples; what is not given is that of the training set."""
        return Walk(
            samples.dataset,
            self.walk.pipeline,
            batch_size or self.walk.batch_size,
            self.walk.num_workers if num_workers is None else num_workers,
            cache_limit,
            self.feature_layer,
        )

    def draw(
        self, runner, folder: Path, count: int = 32, samples: Sequence[int] = ()
    ) -> list[str]:
        """Draw what the hook knows of the samples; gives the paths of the files.

        Where it has estimated nothing, the given labels are scored by the probability
        that the network gives them, and the likeliest labels are suggested.

        Args:
            runner: In memory, after (or before) training; not within an epoch.
            folder: Where the pictures go.
            count: Number of suspicious images.
            samples: Indices of samples to show in detail, for methods that can.
        """
        table, given = self.table, self.training_set.given_labels
        if not self.active:
            found = self.walk.collect(
                plain_model(runner),
                lambda batch: by_prediction(batch, given[batch.rows]),
            )
            table.scores[found.known] = found['scores'][found.known]
            table.suggested_labels[found.known] = found['suggested'][found.known].int()
        return draw_suspicious(self, Path(folder) / 'suspicious_images.png', count)

    def log_round(
        self,
        runner,
        title: str,
        summary: dict[str, float],
        label_counts: Sequence[int] = (),
        more: str = '',
        unwritten: Mapping[str, float] | None = None,
    ) -> None:
        """Log an estimate, as the text ``title: figures + more`` and as scalars.

        The scalars are ``<hook>/<figure>`` for each figure of the summary and those
        ``unwritten`` in the text, and ``<hook>/class_<i>`` for the samples of each
        class in ``label_counts``.
        """
        name = self.figures_name(runner)
        counts = {f'class_{i}': count for i, count in enumerate(label_counts)}
        figures = {**summary, **counts, **(unwritten or {})}
        scalars = {f'{name}/{key}': value for key, value in figures.items()}
        runner.visualizer.add_scalars(scalars, self.step(runner))
        text = ', '.join(f'{key}: {value:.4g}' for key, value in summary.items())
        runner.logger.info(f'{title}: {text}{more}')

    def figures_name(self, runner) -> str:
        """What the names of the logged figures begin with, such as ``smp``."""
        return self.name(runner).replace('Hook', '').lower()

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        """Make the state of a fresh run, when data and model are known."""
        given = self.training_set.given_labels
        self.table = SampleTable(given, self.training_set.fingerprint)

    def state_dict(self) -> dict:
        return dict(active=self.active, table=self.table.state_dict())

    def load_state_dict(self, state: dict) -> None:
        self.table.load_state_dict(state['table'])
        self.active = self._unwritten = state['active']

    def recommend(self) -> Mapping[str, Tensor]:
        """To override: masks (N,) of what to drop, replace or weight in a training.

        Only what an estimate says to be better than the given labels.
        """
        return {}

    def corrected_labels(self) -> Tensor:
        """(N,) int32, what the method suggests; the given labels, if it withholds."""
        return self.table.suggested_labels

    def noise_rate(self) -> tuple[float, float, str] | None:
        """To override: the share of wrong given labels, if the method estimates it.

        With its standard error, and what it was estimated from.
        """
        return None

    def write_labels(self, runner) -> None:
        """Write the table, if it changed, as a file that ``NoisyLabels`` reads."""
        if self.label_file is None or not self._unwritten:
            return
        columns: dict = {name: getattr(self.table, name) for name in self.table.COLUMNS}
        write_label_file(
            self._label_path(runner),
            img_paths=self.training_set.paths(),
            given_labels=self.table.given_labels,
            recommended=self._recommended(),
            verification=self.training_set.verification,
            class_names=self.training_set.class_names(),
            **columns,
        )
        self._unwritten = False

    def _recommended(self) -> np.ndarray:
        verification = self.training_set.verification
        return recommend(len(self.table), verification, **self.recommend())

    def _label_path(self, runner) -> Path:
        path = Path(runner.work_dir) / str(self.label_file)
        hooks = [hook for hook in runner.hooks if isinstance(hook, TableHook)]
        first = next(hook for hook in hooks if hook.label_file == self.label_file)
        if first is self:
            return path
        return path.with_name(f'{path.stem}_{self.name(runner)}{path.suffix}')
