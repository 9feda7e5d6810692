"""Convolutions with the channels last in memory."""

import torch
from mmengine.hooks import Hook
from mmpretrain.registry import HOOKS

__all__ = ['ChannelsLastHook']


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keeps the weights of 2-D convolutions as (out, H, W, in) in memory.

    torch then computes the whole network in that order, which is faster on a CPU with
    few channels, and on a GPU in half precision. Shapes, names and checkpoints stay as
    they are; the result is that of another order of additions. A part that reshapes
    maps by ``view``, such as MMPretrain's LinearNeck without pooling, refuses them.

    >>> hook = HOOKS.build(dict(type='ChannelsLastHook'))
    >>> type(hook).__name__
    'ChannelsLastHook'
    """

    def before_run(self, runner) -> None:
        runner.model.to(memory_format=torch.channels_last)
