"""What must hold before a noise layer is trained, each with a clear ValueError."""

from collections.abc import Mapping
from typing import Any

from torch.nn.parallel import DistributedDataParallel

from ...functional.noise_posterior import NUM_TYPES
from ...supervision.start_checks import check_model
from ...supervision.walk import Walk

__all__ = ['check_networks', 'check_phases']


def check_phases(phases: Mapping[str, int]) -> dict[str, int]:
    """Phases in the order of their starts: integers, the first 1, no two the same."""
    starts = list(phases.values()) if isinstance(phases, Mapping) else [None]
    if not all(isinstance(start, int) for start in starts):
        raise ValueError(
            f'phases must map each phase to its start, an integer, got {phases!r}'
        )
    if min(starts, default=0) != 1 or len(set(starts)) < len(starts):
        raise ValueError(
            'the first of the phases must start at 1, the others after it, one by '
            f'one: got {dict(phases)}'
        )
    return dict(sorted(phases.items(), key=lambda item: item[1]))


def check_networks(
    wrapper: Any, model: Any, phases: list[str], num_classes: int, walk: Walk
) -> None:
    """The model, whose head predicts ``num_classes``, fits its noise layer and phases.

    The walk runs one image through its second network. Several processes must cope with
    a network that a phase leaves out.
    """
    if not hasattr(model, 'noise_layer'):
        name = type(model).__name__
        raise ValueError(
            f'{name} has no noise layer: NoiseLayerHook trains a NoiseLayerClassifier'
        )
    if model.noise_layer.num_classes != num_classes:
        raise ValueError(
            f'the noise layer has {model.noise_layer.num_classes} classes, but the '
            f'head predicts {num_classes}'
        )
    two = model.type_network is not None
    if two:
        types = walk.probe(model.type_network).probs.size(1)
        if types != NUM_TYPES:
            raise ValueError(
                f'the head of `type_network` predicts {types} classes instead of the '
                f'{NUM_TYPES} noise types'
            )
        check_model(model.type_network, NUM_TYPES)
    for phase in phases:
        model.set_phase(phase)
    distributed = isinstance(wrapper, DistributedDataParallel)
    left_out = distributed and two and set(phases) != {'joint'}
    if left_out and not wrapper.find_unused_parameters:
        raise ValueError(
            f'the phases {phases} leave one network out: set '
            '`find_unused_parameters = True` at the top of the config'
        )
