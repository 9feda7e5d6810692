"""The paper's Fig. 3 and 6 to 8: what a noise layer learnt.

Each function takes a ``NoiseLayerHook`` of a run that is in memory, its classifier
without a wrapper and the folder of the pictures, and returns the paths of the files.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...functional import label_confusion, rank_precision
from ...supervision.pictures import image_of
from ...visualization.plot_label_confusion import plot_label_confusion
from ...visualization.plot_noise_predictions import plot_noise_predictions
from ...visualization.plot_rank_precision import plot_rank_precision
from ...visualization.plot_weighted_images import WeightedImage, plot_weighted_images
from .noise_posteriors import noise_posteriors, walk_noise_types

__all__ = ['draw_matrices', 'draw_posteriors']

CONFUSING = 2
SHOWN = 12
CLASSES, IMAGES = 6, 5


def draw_matrices(hook: Any, model: Any, folder: Path) -> list[str]:
    """Draw ``confusion.png``, the noise layer's matrix, if it is set, and Fig. 6.

    That is ``label_confusion.png``, if both labels of some samples are known.
    """
    names, layer, paths = hook.class_names, model.noise_layer, []
    if layer.is_set:
        path, matrix = folder / 'confusion.png', layer.confusion.double().cpu()
        title = f'The matrix of {type(layer).__name__}'
        paths.append(plot_label_confusion(path, matrix, names, title=title))
    both = hook.have_both(hook.clean_labels)
    if both.any():
        clean, noisy = hook.clean_labels[both], hook.noisy_labels[both]
        matrix = label_confusion(clean, noisy, hook.num_classes)
        counts = torch.bincount(clean, minlength=hook.num_classes).tolist()
        right = float((clean == noisy).double().mean())
        title = f'{len(clean)} samples with both labels: {right:.2%} right'
        path = folder / 'label_confusion.png'
        paths.append(plot_label_confusion(path, matrix, names, counts, title))
    return paths


def draw_posteriors(
    hook: Any, model: Any, folder: Path, samples: Sequence[int]
) -> list[str]:
    """Draw Fig. 7; Fig. 8 where true or verification labels are known, Fig. 3 too.

    After a joint phase. These are ``predictions.png``, of the given samples, or of the
    dozen most suspicious, and ``rank_precision.png``, of samples whose clean label was
    not trained on, if there are any; ``mislabelled.png`` is made of those whose true
    label is known. A ValueError if a sample does not exist or has no
    noisy label.
    """
    if not samples:
        ranking = hook.table.scores.argsort(stable=True)
        samples = ranking[hook.noisy_labels[ranking] >= 0][:SHOWN].tolist()
    last = len(hook.noisy_labels) - 1
    for row in samples:
        if not 0 <= row <= last:
            raise ValueError(f'there is no sample {row}: they are 0 to {last}')
        if hook.noisy_labels[row] < 0:
            raise ValueError(f'{hook.training_set.name(row)} has no noisy label')
    chosen, types = torch.tensor(samples), walk_noise_types(model, hook.walk)
    shown: dict[str, list[Tensor]] = {}
    for batch in hook.walk(model):
        wanted = torch.isin(batch.rows, chosen)
        found = noise_posteriors(model, batch, types, hook.noisy_labels)
        for name, values in dict(found, rows=batch.rows).items():
            shown.setdefault(name, []).append(values[wanted].cpu())
    columns: dict[str, Any] = {n: torch.cat(parts) for n, parts in shown.items()}
    rows, true = columns.pop('rows'), hook.training_set.true_labels
    path = plot_noise_predictions(
        folder / 'predictions.png',
        [image_of(hook, row) for row in rows.tolist()],
        hook.noisy_labels[rows].tolist(),
        class_names=hook.class_names,
        true=true[rows].tolist(),
        **columns,
    )
    if types is None:
        return [path]
    confusing = types[:, CONFUSING]
    paths = _draw_mislabelled(hook, confusing, folder)
    return [path, *paths, *_draw_rank_precision(hook, confusing, folder)]


def _draw_mislabelled(hook: Any, confusing: Tensor, folder: Path) -> list[str]:
    """Fig. 3: the most confusing mislabelled images of a true class, and right ones.

    With p(confusing); of the classes in which the most images are mislabelled.
    """
    true, noisy = hook.training_set.true_labels, hook.noisy_labels
    known = (true >= 0) & (noisy >= 0)
    wrong = known & (true != noisy)
    counts = true[wrong].long().bincount(minlength=hook.num_classes)
    order = counts.argsort(descending=True, stable=True)[:CLASSES]
    labels = [label for label in order.tolist() if counts[label]]
    right: list[list[WeightedImage]] = []
    mislabelled: list[list[WeightedImage]] = []
    for label in labels:
        for rows, mask in ((right, known & ~wrong), (mislabelled, wrong)):
            found = (mask & (true == label)).nonzero().flatten()
            found = found[confusing[found].argsort(descending=True, stable=True)]
            found = found[:IMAGES] if mask is wrong else found.flip(0)[:IMAGES]
            rows.append(
                [
                    WeightedImage(image_of(hook, row), float(confusing[row]))
                    for row in found.tolist()
                ]
            )
    if not any(right) or not any(mislabelled):
        return []
    names, titles = hook.class_names, ('Labelled right', 'Mislabelled')
    names, path = [names[label] for label in labels], folder / 'mislabelled.png'
    return [plot_weighted_images(path, names, right, mislabelled, titles)]


def _draw_rank_precision(hook: Any, confusing: Tensor, folder: Path) -> list[str]:
    data, noisy = hook.training_set, hook.noisy_labels
    wrong = torch.full_like(noisy, -1)  # 1 wrong, 0 right, -1 unknown
    checked = hook.have_both(data.verification)
    wrong[checked] = 1 - data.verification[checked]
    known = hook.have_both(data.true_labels)
    wrong[known] = (data.true_labels != noisy)[known].long()
    rows, kind = wrong >= 0, 'trained on'
    unseen = rows & (hook.clean_labels < 0)
    if unseen.any():
        rows, kind = unseen, 'not trained on with a clean label'
    if not rows.any():
        return []
    hits, path = wrong[rows] == 1, folder / 'rank_precision.png'
    curve, title = rank_precision(confusing[rows], hits), f'{len(hits)} samples {kind}'
    return [plot_rank_precision(path, curve, float(hits.double().mean()), title)]
