"""What a trained noise layer makes of each sample of the training set."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ...functional.noise_posterior import NUM_TYPES
from ...supervision.walk import Walk

__all__ = ['NoisePosteriors', 'walk_posteriors']


class NoisePosteriors(NamedTuple):
    """Of B samples; on the CPU, float32.

    Attributes:
        rows: (B,) int64, ``sample_idx``.
        class_probs: (B, L) p(y|x).
        type_probs: (B, 3) p(z|x), or None without a type network.
        class_posterior: (B, L) p(y|noisy label, x).
        type_posterior: (B, 3) p(z|noisy label, x), or None.
    """

    rows: Tensor
    class_probs: Tensor
    type_probs: Tensor | None
    class_posterior: Tensor
    type_posterior: Tensor | None


def walk_posteriors(
    model: Any, walk: Walk, noisy_labels: Tensor
) -> Iterator[NoisePosteriors]:
    """Yield the posteriors of this rank's share of the training set.

    The walk is made twice, first for the noise types, which are kept: 12 bytes a
    sample. A sample without a noisy label is treated as if it had label 0.

    Args:
        model: A ``NoiseLayerClassifier`` without a wrapper.
        walk: Over the training set, with ``feature_layer='head'``: other layers may lie
            in one of the two networks only.
        noisy_labels: (N,) int64, -1 where unknown.
    """
    types = None
    if model.type_network is not None:
        types = torch.zeros(len(noisy_labels), NUM_TYPES)
        for batch in walk(model.type_network):
            types[batch.rows] = batch.probs.float().cpu()
    for batch in walk(model):
        type_probs = None if types is None else types[batch.rows]
        q_y, q_z = model.noise_layer.posterior(
            _log(batch.probs),
            None if type_probs is None else _log(type_probs.to(batch.probs)),
            noisy_labels[batch.rows].clamp_min(0).to(batch.probs.device),
        )
        yield NoisePosteriors(
            batch.rows,
            batch.probs.cpu(),
            type_probs,
            q_y.cpu(),
            None if q_z is None else q_z.cpu(),
        )


def _log(probs: Tensor) -> Tensor:
    return probs.clamp_min(torch.finfo(probs.dtype).tiny).log()
