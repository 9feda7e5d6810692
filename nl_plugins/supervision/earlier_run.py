"""What the checkpoint of an earlier run gives to a new one: its model, a hook's state.

Paths and URLs are those of MMEngine; of a path that is not there a FileNotFoundError
says who needs it.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

from mmengine.runner import CheckpointLoader, load_checkpoint
from torch import nn

from .class_names_hook import check_checkpoint
from .sample_hook import plain_model
from .stateful_hook import CHECKPOINT_KEY

__all__ = ['earlier_model', 'earlier_state']


def earlier_model(
    owner: Any, runner, checkpoint: str, model: nn.Module | None = None
) -> nn.Module:
    """A model, by default a copy of the run's, with the weights of a checkpoint.

    Raises:
        FileNotFoundError: If the checkpoint is not there.
        RuntimeError: If it is that of another model.
        ValueError: If it knows other classes than the training set.

    >>> import torch
    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> loader = SimpleNamespace(dataset=['cat', 'dog'])
    >>> runner = SimpleNamespace(model=nn.Linear(1, 2), train_dataloader=loader)
    >>> saved = dict(weight=torch.ones(2, 1), bias=torch.zeros(2))
    >>> with TemporaryDirectory() as folder:
    ...     torch.save(saved, f'{folder}/epoch_9.pth')
    ...     model = earlier_model(None, runner, f'{folder}/epoch_9.pth')
    Loads checkpoint by local backend from path: ...epoch_9.pth
    >>> model(torch.ones(1, 1)).tolist(), model is runner.model
    ([[1.0, 1.0]], False)
    """
    _check_there(owner, checkpoint)
    model = deepcopy(plain_model(runner)) if model is None else model
    loaded = load_checkpoint(model, checkpoint, 'cpu', strict=True)
    dataset = runner.train_dataloader.dataset
    check_checkpoint(loaded, 'the training set', dataset, learns=True)
    return model


def earlier_state(owner: Any, checkpoint: str) -> dict:
    """What a hook of the owner's class saved of itself; empty if there was none.

    Raises:
        FileNotFoundError: If the checkpoint is not there.

    >>> import torch
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     torch.save(dict(nl_plugins=dict(list=dict(seen=3))), f'{folder}/last.pth')
    ...     earlier_state([], f'{folder}/last.pth')
    Loads checkpoint by local backend from path: ...last.pth
    {'seen': 3}
    """
    _check_there(owner, checkpoint)
    saved = CheckpointLoader.load_checkpoint(checkpoint, 'cpu', logger=None)
    return saved.get(CHECKPOINT_KEY, {}).get(type(owner).__name__, {})


def _check_there(owner: Any, checkpoint: str) -> None:
    if '://' not in checkpoint and not Path(checkpoint).is_file():
        name = type(owner).__name__
        raise FileNotFoundError(f'the checkpoint of {name} is missing: {checkpoint}')
