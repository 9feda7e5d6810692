"""Fixes all of a classifier but its last layers, in the middle of a run."""

from typing import Any

from mmengine.model import is_model_wrapper
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from ...supervision.feature_tap import FeatureTap

__all__ = ['FrozenFeatures']


class FrozenFeatures:
    """The feature extractor of a classifier, which can be fixed while it trains.

    What stays trainable is the head, or, where the head has no parameters (LeNet-5,
    VGG, timm models), the layer whose input are the features. Fixed parameters lose
    ``requires_grad`` and their gradient, so that optimizers pass them over (no weight
    decay, no momentum); fixed layers are kept in eval mode, so that batch statistics
    stay and dropout is off. A distributed wrapper is built again, because it waits for
    the gradients of the parameters that it was built with.

    ``model`` has no wrapper. ``feature_layer`` names the layer whose input are the
    features; None finds it. A ValueError if there is none, or it has no parameters.
    """

    def __init__(self, model: nn.Module, feature_layer: str | None = None) -> None:
        trained: Any = getattr(model, 'head', None)
        if trained is None or not list(trained.parameters()):
            trained = FeatureTap(model, feature_layer).layer
        kept, inside = set(trained.parameters()), set(trained.modules())
        if not kept:
            raise ValueError(
                f'feature_layer={feature_layer!r} has no parameters: nothing would be '
                'left to train. Give CleanNetHook `rounds_before_freezing=None`'
            )
        self.parameters = [p for p in model.parameters() if p not in kept]
        outside = [m for m in model.modules() if m not in inside]
        self.modules = [m for m in outside if trained not in set(m.modules())]

    def check_wrapper(self, runner) -> None:
        """At the start of a run: a ValueError if its wrapper cannot be built again."""
        wrapper, usual = runner.model, DistributedDataParallel
        if is_model_wrapper(wrapper) and not isinstance(wrapper, usual):
            raise ValueError(
                f'{type(wrapper).__name__} cannot have parameters fixed in the middle '
                'of a run: train with MMDistributedDataParallel or give CleanNetHook '
                '`rounds_before_freezing=None`'
            )

    def freeze(self, runner) -> None:
        """Fix the parameters and wrap the model again where it is distributed."""
        for parameter in self.parameters:
            parameter.requires_grad_(False)
            parameter.grad = None
        if is_model_wrapper(runner.model):
            config = runner.cfg.get('model_wrapper_cfg')
            runner.model = runner.wrap_model(config, runner.model.module)

    def keep_in_eval_mode(self) -> None:
        """To be called after ``model.train()``, which each epoch begins with."""
        for module in self.modules:
            module.training = False
