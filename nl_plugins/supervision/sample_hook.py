"""A hook that knows the samples of the training, and walks over them."""

from mmengine.dist import get_world_size
from mmengine.model import is_model_wrapper
from torch import nn

from ..datasets.training_set import TrainingSet
from .class_names_hook import watch_class_names
from .exchangeable_parts import exchangeable_parts, recipes
from .start_checks import check_counting, check_packed_sample, walk_pipeline
from .stateful_hook import StatefulHook
from .training_loader import prepare_loader
from .walk import Walk

__all__ = ['SampleHook', 'plain_model']


class SampleHook(StatefulHook):
    """Tells the training samples apart and walks over them.

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
        seed: Random seed of everything that the method draws.

    Raises:
        ValueError: At the start of the training, if the data or the model cannot work;
            the message says what to change.

    >>> hook = SampleHook(by_epoch=False)
    >>> hook.walks
    True
    """

    walks = True
    """Whether the hook looks at the training images itself."""

    def __init__(
        self,
        by_epoch: bool = True,
        pipeline: list | None = None,
        feature_layer: str | None = None,
        cache_limit: int = 1 << 30,
        seed: int = 0,
    ) -> None:
        self.by_epoch = by_epoch
        self.pipeline, self.feature_layer = pipeline, feature_layer
        self.cache_limit = cache_limit
        self.seed = seed

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

    # To override ------------------------------------------------------------------

    def make_state(self) -> None:
        """Make the state of a fresh run, when data and model are known."""
        raise NotImplementedError

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

    @property
    def class_names(self) -> list[str]:
        """What the model's classes are called; numbers for those without a name."""
        return self.training_set.class_names(self.num_classes)

    def step(self, runner) -> int:
        """How many epochs, or iterations, are done."""
        return runner.epoch if self.by_epoch else runner.iter

    def last_step(self, runner) -> int:
        """With how many epochs, or iterations, the training ends."""
        return runner.max_epochs if self.by_epoch else runner.max_iters

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


def plain_model(runner) -> nn.Module:
    """The classifier without its wrapper."""
    return runner.model.module if is_model_wrapper(runner.model) else runner.model
