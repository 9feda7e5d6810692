"""Loads a checkpoint whole: a tool measures no layer that stayed random."""

from pickle import UnpicklingError
from textwrap import shorten

from mmengine.runner import Runner, load_checkpoint
from torch import nn

from ..supervision.sample_hook import plain_model

__all__ = ['load_weights', 'load_whole']

MOST_LINES, MOST_CHARACTERS = 4, 300


def load_weights(runner: Runner, path: str) -> dict:
    """Load the weights of a checkpoint into the runner's model: :func:`load_whole`.

    The runner's hooks do not see it.
    """
    return load_whole(plain_model(runner), path)


def load_whole(model: nn.Module, path: str) -> dict:
    """Load the weights of a checkpoint, and nothing else; gives the checkpoint.

    Raises:
        ValueError: If the file is no checkpoint, or a part of one, or if the checkpoint
            and the model do not have the same keys and shapes; the message names the
            first that differ.
    """
    try:
        return load_checkpoint(model, path, 'cpu', strict=True)
    except (RuntimeError, EOFError, UnpicklingError, AttributeError) as error:
        name = type(error).__name__
        title, *lines = filter(None, str(error).splitlines() or [name])
        if 'do not match exactly' not in title:
            raise ValueError(
                f'{path} is no whole checkpoint ({shorten(title, MOST_CHARACTERS)}): '
                'copy or download it again, a Git LFS file with `git lfs pull`'
            ) from error
        lines = [f'  {shorten(line, MOST_CHARACTERS)}' for line in lines]
        more = ['  ...'] if len(lines) > MOST_LINES else []
        keys = '\n'.join([*lines[:MOST_LINES], *more])
        raise ValueError(
            f'{path} does not fit the model of the config:\n{keys}\n'
            'give the config that the checkpoint was trained with'
        ) from None
