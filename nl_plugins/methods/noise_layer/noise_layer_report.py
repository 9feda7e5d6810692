"""Pictures of what a noise layer learnt, from a run that is in memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...functional import label_confusion, rank_precision
from ...supervision.report_parts import class_names, draw_suspicious, image_of
from ...supervision.supervision_hook import plain_model
from ...visualization.plot_label_confusion import plot_label_confusion
from ...visualization.plot_noise_predictions import plot_noise_predictions
from ...visualization.plot_rank_precision import plot_rank_precision
from .noise_layer_hook import NoiseLayerHook
from .noise_posteriors import walk_posteriors

__all__ = ['draw_noise_layer_report']

CONFUSING = 2


def draw_noise_layer_report(
    runner,
    hook: NoiseLayerHook,
    folder: Path,
    count: int = 32,
    samples: Sequence[int] | None = None,
) -> list[str]:
    """Draw the paper's Fig. 6 to 8 and the most suspicious images.

    ``confusion.png`` is the matrix that the noise layer uses. Where both labels of some
    samples are known, ``label_confusion.png`` is Fig. 6. After a joint phase there are
    ``suspicious_images.png``, ``predictions.png`` (Fig. 7) of the chosen samples, and
    ``rank_precision.png`` (Fig. 8) where true or verification labels are known, of
    samples whose clean label was not trained on if there are any.

    Args:
        runner: After training, in one process.
        hook: Its noise-layer hook.
        folder: Where the pictures go.
        count: How many suspicious images.
        samples: ``sample_idx`` to show the predictions of; by default the dozen most
            suspicious.

    Returns:
        The paths of the pictures.

    Raises:
        ValueError: If a chosen sample does not exist or has no noisy label.
    """
    folder, model = Path(folder), plain_model(runner)
    paths = _draw_matrices(hook, model, folder)
    if hook.phase_at(runner.epoch if hook.by_epoch else runner.iter) != 'joint':
        return paths
    paths.append(draw_suspicious(hook, folder / 'suspicious_images.png', count))
    if samples is None:
        ranking = hook.table.scores.argsort(stable=True)
        samples = ranking[hook.noisy_labels[ranking] >= 0][:12].tolist()
    chosen = _check_samples(hook, samples)
    posteriors: dict[str, list[Tensor]] = {}
    confusing = torch.zeros(len(hook.noisy_labels))
    for batch in walk_posteriors(model, hook.walk, hook.noisy_labels):
        if batch.type_probs is not None:
            confusing[batch.rows] = batch.type_probs[:, CONFUSING]
        wanted = torch.isin(batch.rows, chosen)
        for name, values in batch._asdict().items():
            if values is not None:
                posteriors.setdefault(name, []).append(values[wanted])
    paths.append(_draw_predictions(hook, posteriors, folder / 'predictions.png'))
    if model.type_network is not None:
        paths += _draw_rank_precision(hook, confusing, folder / 'rank_precision.png')
    return paths


def _draw_matrices(hook: NoiseLayerHook, model: Any, folder: Path) -> list[str]:
    names = class_names(hook)
    layer, paths = model.noise_layer, []
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


def _check_samples(hook: NoiseLayerHook, samples: Sequence[int]) -> Tensor:
    for row in samples:
        if not 0 <= row < len(hook.noisy_labels):
            raise ValueError(
                f'there is no sample {row}: they are 0 to {len(hook.noisy_labels) - 1}'
            )
        if hook.noisy_labels[row] < 0:
            raise ValueError(f'{hook.training_set.name(row)} has no noisy label')
    return torch.tensor(samples)


def _draw_predictions(
    hook: NoiseLayerHook, posteriors: dict[str, list[Tensor]], path: Path
) -> str:
    columns: Any = {name: torch.cat(parts) for name, parts in posteriors.items()}
    rows = columns.pop('rows')
    true = hook.training_set.true_labels
    return plot_noise_predictions(
        path,
        [image_of(hook, int(row)) for row in rows],
        hook.noisy_labels[rows].tolist(),
        class_names=class_names(hook),
        true=None if true is None else true[rows].tolist(),
        **columns,
    )


def _draw_rank_precision(
    hook: NoiseLayerHook, confusing: Tensor, path: Path
) -> list[str]:
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


def _wrong_labels(hook: NoiseLayerHook) -> Tensor:
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
