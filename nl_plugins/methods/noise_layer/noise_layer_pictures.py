"""The paper's Fig. 6 to 8: what a noise layer learnt."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...functional import label_confusion, rank_precision
from ...supervision.pictures import class_names, image_of
from ...visualization.plot_label_confusion import plot_label_confusion
from ...visualization.plot_noise_predictions import plot_noise_predictions
from ...visualization.plot_rank_precision import plot_rank_precision
from .noise_posteriors import NoisePosteriors, noise_posteriors, walk_noise_types

__all__ = ['draw_matrices', 'draw_posteriors']

CONFUSING = 2
SHOWN = 12


def draw_matrices(hook: Any, model: Any, folder: Path) -> list[str]:
    """Draw the matrix that the noise layer uses, and Fig. 6.

    Args:
        hook: A ``NoiseLayerHook`` of a run that is in memory.
        model: Its classifier, without a wrapper.
        folder: Where the pictures go.

    Returns:
        The paths of ``confusion.png``, if there is a matrix, and
        ``label_confusion.png``, if both labels of some samples are known.
    """
    names, layer, paths = class_names(hook), model.noise_layer, []
    if layer.is_set:
        matrix = layer.confusion.double().cpu()
        title = f'The matrix of {type(layer).__name__}'
        paths.append(
            plot_label_confusion(folder / 'confusion.png', matrix, names, title=title)
        )
    both = (hook.clean_labels >= 0) & (hook.noisy_labels >= 0)
    if both.any():
        clean, noisy = hook.clean_labels[both], hook.noisy_labels[both]
        right = float((clean == noisy).double().mean())
        paths.append(
            plot_label_confusion(
                folder / 'label_confusion.png',
                label_confusion(clean, noisy, hook.num_classes),
                names,
                torch.bincount(clean, minlength=hook.num_classes).tolist(),
                f'{len(clean)} samples with both labels: {right:.2%} right',
            )
        )
    return paths


def draw_posteriors(
    hook: Any, model: Any, folder: Path, samples: Sequence[int]
) -> list[str]:
    """Draw Fig. 7, and Fig. 8 where true or verification labels are known.

    Args:
        hook: A ``NoiseLayerHook`` of a run that is in memory, after a joint phase.
        model: Its classifier, without a wrapper.
        folder: Where the pictures go.
        samples: Indices of the samples of Fig. 7; without any the dozen most
            suspicious.

    Returns:
        The paths of ``predictions.png`` and ``rank_precision.png``; the latter is of
        samples whose clean label was not trained on, if there are any.

    Raises:
        ValueError: If a sample does not exist or has no noisy label.
    """
    if not samples:
        ranking = hook.table.scores.argsort(stable=True)
        samples = ranking[hook.noisy_labels[ranking] >= 0][:SHOWN].tolist()
    chosen = _check_samples(hook, samples)
    types = walk_noise_types(model, hook.walk)
    rows, shown = [], []
    for batch in hook.walk(model):
        wanted = torch.isin(batch.rows, chosen)
        found = noise_posteriors(model, batch, types, hook.noisy_labels)
        shown.append([None if part is None else part[wanted].cpu() for part in found])
        rows.append(batch.rows[wanted])
    chosen = torch.cat(rows)
    columns: Any = {
        name: None if parts[0] is None else torch.cat(parts)
        for name, parts in zip(NoisePosteriors._fields, zip(*shown))
    }
    true = hook.training_set.true_labels
    paths = [
        plot_noise_predictions(
            folder / 'predictions.png',
            [image_of(hook, int(row)) for row in chosen],
            hook.noisy_labels[chosen].tolist(),
            class_names=class_names(hook),
            true=None if true is None else true[chosen].tolist(),
            **columns,
        )
    ]
    if types is not None:
        confusing = types[:, CONFUSING]
        paths += _draw_rank_precision(hook, confusing, folder / 'rank_precision.png')
    return paths


def _check_samples(hook: Any, samples: Sequence[int]) -> Tensor:
    for row in samples:
        if not 0 <= row < len(hook.noisy_labels):
            raise ValueError(
                f'there is no sample {row}: they are 0 to {len(hook.noisy_labels) - 1}'
            )
        if hook.noisy_labels[row] < 0:
            raise ValueError(f'{hook.training_set.name(row)} has no noisy label')
    return torch.tensor(samples)


def _draw_rank_precision(hook: Any, confusing: Tensor, path: Path) -> list[str]:
    wrong = _wrong_labels(hook)
    known = wrong >= 0
    unseen = known & (hook.clean_labels < 0)
    kind = 'not trained on with a clean label' if unseen.any() else 'trained on'
    rows = unseen if unseen.any() else known
    if not rows.any():
        return []
    hits = wrong[rows] == 1
    curve = rank_precision(confusing[rows], hits)
    title = f'{len(hits)} samples {kind}'
    return [plot_rank_precision(path, curve, float(hits.double().mean()), title)]


def _wrong_labels(hook: Any) -> Tensor:
    """(N,) whether the noisy label is wrong (1) or right (0); -1 where unknown."""
    data, noisy = hook.training_set, hook.noisy_labels
    wrong = torch.full_like(noisy, -1)
    if data.verification is not None:
        checked = (data.verification >= 0) & (noisy >= 0)
        wrong[checked] = 1 - data.verification[checked]
    if data.true_labels is not None:
        known = (data.true_labels >= 0) & (noisy >= 0)
        wrong[known] = (data.true_labels != noisy)[known].long()
    return wrong
