"""The paper's Fig. 3 and 7: which images stand for a class, and which ones fit it."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...supervision.pictures import weighted_image
from ...visualization.plot_weighted_images import WeightedImage, plot_weighted_images

__all__ = ['draw_cleannet']

CLASSES, IMAGES = 6, 5

Pairs = list[tuple[int, float]]  # samples and the figures above them


def draw_cleannet(
    hook: Any,
    folder: Path,
    selected: Tensor,
    *,
    known: Tensor,
    similarity: Tensor,
    attention: Tensor,
    nearest: Tensor,
) -> list[str]:
    """Draw the classes of which the largest share is dropped; returns the paths.

    - ``attention.png``, Fig. 3: the most and the least attended references. Each is
      shown by the image nearest to it, an image once, with its attention (Eq. 3) times
      the number of references: 1 is the mean;
    - ``similarity.png``, Fig. 7: images with their cosines, those that are kept and
      those that are not, by even steps of the rank from the highest to the lowest.

    Images are marked right or wrong by their verification label, else their true one.
    One that is not there is left out, and so is a picture without any.

    Args:
        hook: Such as a ``CleanNetHook``: its ``training_set`` and ``num_classes``.
        folder: Where the pictures go.
        selected: (N,) bool, the samples that are kept.
        known: (N,) bool, those that have a cosine.
        similarity: (N,) float32 cosines.
        attention: (K, R) float32.
        nearest: (K, R) int64 samples, -1 where there is no reference.
    """
    given = hook.training_set.given_labels
    labels = most_dropped(given[known], selected[known])
    references = [_by_attention(attention[i], nearest[i]) for i in labels]
    halves = [(len(pairs) + 1) // 2 for pairs in references]
    most = [pairs[:half][:IMAGES] for pairs, half in zip(references, halves)]
    least = [pairs[half:][::-1][:IMAGES] for pairs, half in zip(references, halves)]
    kept, dropped = (
        [_spread(similarity, known & side & (given == label)) for label in labels]
        for side in (selected, ~selected)
    )
    titles = 'Most attended (1: the mean)', 'Least attended'
    paths = _plot(hook, folder / 'attention.png', labels, most, least, titles)
    titles = 'Kept: the cosine', 'Dropped'
    path = folder / 'similarity.png'
    return paths + _plot(hook, path, labels, kept, dropped, titles)


def most_dropped(given: Tensor, selected: Tensor) -> list[int]:
    """Some classes, those first of which the largest share is dropped.

    >>> most_dropped(torch.tensor([0, 0, 2, 2]), torch.tensor([1, 1, 0, 1]) > 0)
    [2, 0]
    """
    counts = torch.bincount(given)
    dropped = torch.bincount(given[~selected], minlength=len(counts))
    order = (dropped / counts).nan_to_num(-1).argsort(descending=True, stable=True)
    return order[: min(CLASSES, int((counts > 0).sum()))].tolist()


def _by_attention(attention: Tensor, nearest: Tensor) -> Pairs:
    """The images of the references of a class, the most attended first."""
    real = nearest >= 0
    weights, found = attention[real] * int(real.sum()), dict[int, float]()
    for place in weights.argsort(descending=True, stable=True).tolist():
        found.setdefault(int(nearest[real][place]), float(weights[place]))
    return list(found.items())


def _spread(similarity: Tensor, chosen: Tensor) -> Pairs:
    """Some of the samples chosen (N,) bool, the highest and the lowest among them."""
    rows = chosen.nonzero().flatten()
    rows = rows[similarity[rows].argsort(descending=True, stable=True)]
    steps = torch.linspace(0, len(rows) - 1, min(IMAGES, len(rows)))
    rows = rows[steps.round().long()]
    return list(zip(rows.tolist(), similarity[rows].tolist()))


def _plot(
    hook: Any,
    path: Path,
    labels: list[int],
    left: list[Pairs],
    right: list[Pairs],
    titles: tuple[str, str],
) -> list[str]:
    first, last = ([_panels(hook, pairs) for pairs in side] for side in (left, right))
    if not any(first) or not any(last):
        return []
    called = hook.class_names
    names = [called[label] for label in labels]
    return [plot_weighted_images(path, names, first, last, titles)]


def _panels(hook: Any, pairs: Pairs) -> list[WeightedImage]:
    panels = []
    for row, figure in pairs:
        with suppress(FileNotFoundError):
            panels.append(weighted_image(hook, row, figure))
    return panels
