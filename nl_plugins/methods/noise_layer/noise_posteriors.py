"""What a trained noise layer makes of each sample of the training set."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ...supervision.walk import Walk, WalkBatch

__all__ = ['NoisePosteriors', 'noise_posteriors', 'walk_noise_types']


class NoisePosteriors(NamedTuple):
    """What is inferred of B samples, float32, on the model's device.

    Attributes:
        class_probs: (B, L) p(y|x).
        type_probs: (B, 3) p(z|x), or None without a type network.
        class_posterior: (B, L) p(y|noisy label, x).
        type_posterior: (B, 3) p(z|noisy label, x), or None.
    """

    class_probs: Tensor
    type_probs: Tensor | None
    class_posterior: Tensor
    type_posterior: Tensor | None


def walk_noise_types(model: Any, walk: Walk) -> Tensor | None:
    """(N, 3) p(z|x) of all samples, or None without a type network.

    Args:
        model: A ``NoiseLayerClassifier`` without a wrapper.
        walk: Walk over the training set with ``feature_layer='head'``: other layers may
            lie in one of the two networks only.
    """
    if model.type_network is None:
        return None
    found = walk.collect(model.type_network, lambda batch: dict(probs=batch.probs))
    return found['probs']


def noise_posteriors(
    model: Any, batch: WalkBatch, types: Tensor | None, noisy_labels: Tensor
) -> NoisePosteriors:
    """What is inferred of the samples of a batch.

    A sample without a noisy label is treated as if it had label 0.

    Args:
        model: A ``NoiseLayerClassifier`` without a wrapper.
        batch: A batch of a walk with it.
        types: What :func:`walk_noise_types` gave.
        noisy_labels: (N,) int64, -1 where unknown.
    """
    type_probs = None if types is None else types[batch.rows].to(batch.probs)
    q_y, q_z = model.noise_layer.posterior(
        _log(batch.probs),
        None if type_probs is None else _log(type_probs),
        noisy_labels[batch.rows].clamp_min(0).to(batch.probs.device),
    )
    return NoisePosteriors(batch.probs, type_probs, q_y, q_z)


def _log(probs: Tensor) -> Tensor:
    return probs.clamp_min(torch.finfo(probs.dtype).tiny).log()
