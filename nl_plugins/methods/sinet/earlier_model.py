"""The model of an earlier run, which says what a new training begins with."""

from copy import deepcopy
from pathlib import Path

from mmengine.runner import load_checkpoint
from torch import nn

from ...supervision.class_names_hook import check_checkpoint
from ...supervision.sample_hook import plain_model
from ...supervision.table_hook import TableHook

__all__ = ['earlier_model']


def earlier_model(hook: TableHook, runner, checkpoint: str) -> nn.Module:
    """A copy of the run's model with the weights of a checkpoint.

    Raises:
        FileNotFoundError: If the checkpoint is not there.
        RuntimeError: If it is that of another model.
        ValueError: If it knows other classes.
    """
    if '://' not in checkpoint and not Path(checkpoint).is_file():
        name = type(hook).__name__
        raise FileNotFoundError(f'the checkpoint of {name} is missing: {checkpoint}')
    model = deepcopy(plain_model(runner))
    loaded = load_checkpoint(model, checkpoint, 'cpu', strict=True)
    dataset = hook.training_set.dataset
    check_checkpoint(loaded, 'the training set', dataset, learns=True)
    return model
