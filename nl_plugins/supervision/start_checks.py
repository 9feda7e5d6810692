"""What must hold before the first iteration, each with a clear error."""

from collections.abc import Callable
from logging import Logger
from typing import Any

import torch
from mmengine.dataset import Compose
from mmengine.runner import EpochBasedTrainLoop
from mmpretrain.structures import MultiTaskDataSample
from torch import nn

from ..datasets.nested import config_pipeline, nested
from .soft_targets import check_loss, loss_modules
from .training_loader import keep_random_states

__all__ = [
    'check_counting',
    'check_model',
    'check_packed_sample',
    'walk_pipeline',
    'warn_of_margin',
]


def check_counting(runner, hook: Any) -> None:
    """Raise ValueError if a hook counts epochs and the loop has none."""
    if hook.by_epoch and not isinstance(runner.train_loop, EpochBasedTrainLoop):
        raise ValueError(
            f'{type(runner.train_loop).__name__} has no epochs: give '
            f'{type(hook).__name__} `by_epoch=False` and count in iterations'
        )


def check_packed_sample(dataset, pipeline: Callable | None = None) -> None:
    """Run one sample through the training pipeline; random states are kept.

    Another ``pipeline`` than that of the dataset takes its annotation.

    Raises:
        ValueError: If the packed sample lacks ``sample_idx`` or a single label.
    """
    with keep_random_states():
        packed = dataset[0] if pipeline is None else pipeline(dataset.get_data_info(0))
        sample = packed['data_samples']
    if isinstance(sample, MultiTaskDataSample):
        raise ValueError('multi-task samples have no single label to supervise')
    if 'sample_idx' not in sample:
        raise ValueError(
            'the training pipeline drops `sample_idx`, so samples cannot be told '
            'apart: add it to `meta_keys` of PackInputs (or leave `meta_keys` out)'
        )
    if 'gt_label' not in sample:
        raise ValueError('the training pipeline packs no `gt_label`')


def check_model(model: nn.Module, num_classes: int) -> None:
    """Raise ValueError if target vectors would not train the head as they should."""
    head = getattr(model, 'head', None)
    name = type(head).__name__
    if 'MultiLabel' in name or 'MultiTask' in name:
        raise ValueError(f'{name} is not trained from one label per sample')
    if getattr(head, 'cal_acc', False):
        raise ValueError(
            '`cal_acc=True` of the head compares predictions with hard labels and '
            'cannot work with target vectors: set `model.head.cal_acc=False` and use '
            'the Accuracy evaluator of the validation loop'
        )
    device = next(model.parameters()).device
    for loss in loss_modules(model):
        check_loss(loss, num_classes, device)


def warn_of_margin(model: nn.Module, logger: Logger) -> None:
    """Warn of a head with a margin at ``gt_label``, which no target vector moves."""
    head = getattr(model, 'head', None)
    margin = getattr(head, 'margins', getattr(head, 'margin', 0.0))
    if bool(torch.as_tensor(margin).any()):
        logger.warning(
            f'{type(head).__name__} puts its margin at the given label, even where '
            'another label is trained: set its `margins` to 0 or take another head '
            'where many labels are wrong'
        )


def walk_pipeline(runner, pipeline: list | None) -> Callable:
    """The pipeline of the walk: the given one, or validation's, or test's.

    Raises:
        ValueError: If there is none.
    """
    if pipeline is not None:
        return Compose(pipeline)
    if runner.val_loop is not None:
        datasets = nested(runner.val_loop.dataloader.dataset)
        found = next((d.pipeline for d in datasets if hasattr(d, 'pipeline')), None)
    else:
        tested = (runner.cfg.get('test_dataloader') or {}).get('dataset')
        steps = config_pipeline(tested)
        found = Compose(steps) if steps else None
    if found is None:
        raise ValueError(
            'the training set is walked without augmentation, but there is neither '
            'a validation nor a test dataset to take the pipeline from: give the '
            'hook `pipeline=[...]`'
        )
    return found
