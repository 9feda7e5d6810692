"""What a trained ``NoiseLayerClassifier``, without a wrapper, makes of each sample."""

from typing import Any

from torch import Tensor

from ...supervision.predictions import log_of
from ...supervision.walk import Walk, WalkBatch

__all__ = ['noise_posteriors', 'walk_noise_types']


def walk_noise_types(model: Any, walk: Walk) -> Tensor | None:
    """(N, 3) p(z|x) of all samples, or None without a type network.

    The walk must have ``feature_layer='head'``: other layers may lie in one of the two
    networks only.
    """
    if model.type_network is None:
        return None
    return walk.predictions(model.type_network)['probs']


def noise_posteriors(
    model: Any, batch: WalkBatch, types: Tensor | None, noisy_labels: Tensor
) -> dict[str, Tensor]:
    """What is inferred of the samples of a batch of a walk with the classifier.

    That is, in float32 on its device: ``class_probs`` (B, L), p(y|x), and
    ``class_posterior`` (B, L), p(y|noisy label, x); with ``types``, which
    :func:`walk_noise_types` gave, also ``type_probs`` (B, 3), p(z|x), and
    ``type_posterior`` (B, 3). ``noisy_labels`` are (N,) int64; -1, unknown, is treated
    as label 0.
    """
    found, type_scores = dict(class_probs=batch.probs), None
    if types is not None:
        found['type_probs'] = types[batch.rows].to(batch.probs)
        type_scores = log_of(found['type_probs'])
    noisy = noisy_labels[batch.rows].clamp_min(0).to(batch.probs.device)
    q_y, q_z = model.noise_layer.posterior(log_of(batch.probs), type_scores, noisy)
    found['class_posterior'] = q_y
    return found if q_z is None else dict(found, type_posterior=q_z)
