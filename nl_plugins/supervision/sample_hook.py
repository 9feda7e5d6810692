"""A hook that knows the samples of the training."""

from mmengine.dist import get_world_size
from mmengine.model import is_model_wrapper
from torch import nn

from ..datasets.training_set import TrainingSet
from .class_names_hook import watch_class_names
from .exchangeable_parts import exchangeable_parts, recipes
from .start_checks import check_counting, check_packed_sample
from .stateful_hook import StatefulHook
from .training_loader import prepare_loader

__all__ = ['SampleHook', 'plain_model']


class SampleHook(StatefulHook):
    """Tells the training samples apart.

    Another hook may exchange a part of the training: the pipeline, batch augmentation
    or loss (MMPretrain's ``SwitchRecipeHook``), the dataloader or its sampler. What was
    checked at the start is checked again; what a ``SwitchRecipeHook`` will switch to is
    checked at the start. Other samples or another model are refused.

    Args:
        by_epoch: Count epochs or iterations.

    Raises:
        ValueError: At the start of the training, if the data or the model cannot work;
            the message says what to change.

    >>> SampleHook(by_epoch=False).by_epoch
    False
    """

    def __init__(self, by_epoch: bool = True) -> None:
        self.by_epoch = by_epoch

    # When -----------------------------------------------------------------------

    def before_run(self, runner) -> None:
        watch_class_names(runner)

    def before_train(self, runner) -> None:
        check_counting(runner, self)
        self._parts = exchangeable_parts(runner, plain_model(runner))
        self.set_up_loader(runner)
        self.set_up_samples(runner)
        for recipe in recipes(runner):
            self.check_recipe(runner, recipe)
        self.make_state()
        self.take_over()
        self.set_up_model(runner)

    def before_train_epoch(self, runner) -> None:
        self.keep_up(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        self.keep_up(runner)

    # To override ------------------------------------------------------------------

    def set_up_samples(self, runner) -> None:
        """To extend: find out what the samples are."""
        self.training_set = TrainingSet(runner.train_dataloader.dataset)
        size, processes = len(self.training_set), get_world_size()
        if size < processes:
            raise ValueError(f'{processes} processes for {size} samples')

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

    # How ------------------------------------------------------------------------

    def step(self, runner) -> int:
        """How many epochs, or iterations, are done."""
        return runner.epoch if self.by_epoch else runner.iter

    def last_step(self, runner) -> int:
        """With how many epochs, or iterations, the training ends."""
        return runner.max_epochs if self.by_epoch else runner.max_iters


def plain_model(runner) -> nn.Module:
    """The classifier without its wrapper."""
    return runner.model.module if is_model_wrapper(runner.model) else runner.model
