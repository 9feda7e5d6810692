"""What other hooks may exchange in the middle of a training."""

from collections.abc import Iterator
from typing import Any

from mmpretrain.engine import SwitchRecipeHook
from torch import nn

from ..datasets.nested import nested
from .soft_targets import loss_modules

__all__ = ['exchangeable_parts', 'recipes']


def exchangeable_parts(runner, model: nn.Module) -> list[Any]:
    """All that the checks of the start rely on, to be compared with a later list.

    Dataloader, sampler, datasets with their sizes and transforms, batch augmentation,
    the model (without wrapper) and its losses, and the pipelines of the validation.
    """
    loader = runner.train_dataloader
    parts = [loader, loader.sampler, getattr(loader.batch_sampler, 'sampler', None)]
    parts += [len(loader.dataset), *_transforms(loader.dataset)]
    if runner.val_loop is not None:
        parts += _transforms(runner.val_loop.dataloader.dataset)
    preprocessor = getattr(model, 'data_preprocessor', None)
    parts += [preprocessor, getattr(preprocessor, 'batch_augments', None)]
    return [*parts, model, getattr(model, 'head', None), *loss_modules(model)]


def recipes(runner) -> Iterator[dict]:
    """What each ``SwitchRecipeHook`` of MMPretrain will switch to, or has.

    Each may have ``train_pipeline``, ``batch_augments`` (or None) and ``loss``, built.
    """
    for hook in runner.hooks:
        if isinstance(hook, SwitchRecipeHook):
            yield from hook.schedule.values()


def _transforms(dataset: Any) -> Iterator[Any]:
    """A dataset, its transforms, and those of the datasets in it."""
    for each in nested(dataset):
        pipeline = getattr(each, 'pipeline', None)
        yield from [each, pipeline, *getattr(pipeline, 'transforms', ())]
