"""A hook that keeps what is known of each training sample."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from mmengine.dist import get_world_size, is_main_process
from mmengine.model import is_model_wrapper
from torch import Tensor, nn

from ..datasets.class_names import class_names
from ..datasets.training_set import TrainingSet
from ..formats.label_file import advice, recommend, write_label_file
from .class_names_hook import watch_class_names
from .exchangeable_parts import exchangeable_parts, recipes
from .pictures import draw_suspicious
from .sample_table import SampleTable
from .start_checks import check_counting, check_packed_sample, walk_pipeline
from .stateful_hook import StatefulHook
from .training_loader import prepare_loader
from .walk import Walk, by_prediction

__all__ = ['TableHook', 'plain_model']


class TableHook(StatefulHook):
    """Tells the training samples apart, walks over them and keeps a row for each.

    The state is the :class:`SampleTable`, which is also written as the cleaned-label
    file with every checkpoint and at the end.

    Another hook may exchange a part of the training: the pipeline, batch augmentation
    or loss (MMPretrain's ``SwitchRecipeHook``), the dataloader or its sampler. What was
    checked at the start is checked again; what a ``SwitchRecipeHook`` will switch to is
    checked at the start. Other samples or another model are refused.

    Args:
        by_epoch: Count epochs or iterations.
        pipeline: Pipeline of the walk over the training set; by default that of the
            validation (else test) dataset. It must not be random.
        feature_layer: See :class:`FeatureTap`.
        cache_limit: Bytes of inputs kept between walks, per process; 0 keeps none.
        label_file: Name of the cleaned-label file in the working directory; None
            writes none.
        seed: Random seed of everything that the method draws.

    Raises:
        ValueError: At the start of the training, if the data, the model or the resumed
            table cannot work; the message says what to change.

    >>> hook = TableHook(by_epoch=False, label_file=None)
    >>> hook.active  # whether the table holds an estimate
    False
    """

    walks = True
    """Whether the hook looks at the training images itself."""

    def __init__(
        self,
        by_epoch: bool = True,
        pipeline: list | None = None,
        feature_layer: str | None = None,
        cache_limit: int = 1 << 30,
        label_file: str | None = 'cleaned_labels.csv',
        seed: int = 0,
    ) -> None:
        self.by_epoch = by_epoch
        self.pipeline, self.feature_layer = pipeline, feature_layer
        self.cache_limit = cache_limit
        self.label_file = label_file
        self.seed = seed
        self.active = self._unwritten = False

    # When -----------------------------------------------------------------------

    def before_run(self, runner) -> None:
        watch_class_names(runner)

    def before_train(self, runner) -> None:
        check_counting(runner, self)
        self._parts = exchangeable_parts(runner, plain_model(runner))
        dataset = runner.train_dataloader.dataset
        self.set_up_loader(runner)
        self.training_set = TrainingSet(dataset)
        size, processes = len(self.training_set), get_world_size()
        if size < processes:
            raise ValueError(f'{processes} processes for {size} samples')
        if self.walks:
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
        self._check_recipes(runner)
        self.make_state()
        self.take_over()
        self.set_up_model(runner)

    def before_train_epoch(self, runner) -> None:
        self.keep_up(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        self.keep_up(runner)

    def after_train(self, runner) -> None:
        if is_main_process():
            self.write_labels(runner)
            if self.active and self.label_file is not None:
                path = self._label_path(runner)
                runner.logger.info(advice(path, self._recommended()))

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        super().before_save_checkpoint(runner, checkpoint)
        self.write_labels(runner)

    # What other hooks exchange ----------------------------------------------------

    def keep_up(self, runner) -> None:
        """Check, as at the start, what another hook has exchanged since.

        Raises:
            ValueError: If it cannot work, or are other samples or another model.
        """
        model = plain_model(runner)
        parts = exchangeable_parts(runner, model)
        if parts == self._parts:
            return
        if not any(part is model for part in self._parts):
            raise ValueError(
                f'another hook has put another {type(model).__name__} in the place of '
                f'`runner.model`, but {type(self).__name__} goes on with the one of '
                'the start: exchange its parts, or load weights into it'
            )
        self.training_set.check_same(runner.train_dataloader.dataset)
        self.set_up_loader(runner)
        if self.walks and self.pipeline is None and runner.val_loop is not None:
            self.walk.use(walk_pipeline(runner, None))
        self.set_up_model(runner)
        self._parts = parts

    def set_up_loader(self, runner) -> None:
        """Check the dataloader and what it gives, and set it up."""
        check_packed_sample(runner.train_dataloader.dataset)
        prepare_loader(runner, plain_model(runner))

    def set_up_model(self, runner) -> None:
        """To extend: check the model and its losses, and set them up."""

    def check_recipe(self, runner, recipe: dict) -> None:
        """To extend: check one of :func:`recipes`."""
        if 'train_pipeline' in recipe:
            check_packed_sample(self.training_set.dataset, recipe['train_pipeline'])
        check = getattr(plain_model(runner), 'check_augments', None)
        if check is not None:
            check(recipe.get('batch_augments'))

    def _check_recipes(self, runner) -> None:
        for recipe in recipes(runner):
            self.check_recipe(runner, recipe)

    # How ------------------------------------------------------------------------

    def step(self, runner) -> int:
        """How many epochs, or iterations, are done."""
        return runner.epoch if self.by_epoch else runner.iter

    def last_step(self, runner) -> int:
        """With how many epochs, or iterations, the training ends."""
        return runner.max_epochs if self.by_epoch else runner.max_iters

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
        """(N,) int32, the labels that the method trains on."""
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
            class_names=class_names(self.training_set.dataset),
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


def plain_model(runner) -> nn.Module:
    """The classifier without its wrapper."""
    return runner.model.module if is_model_wrapper(runner.model) else runner.model
