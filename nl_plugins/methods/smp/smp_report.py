"""Pictures of what SMP saw and did, from a run that is in memory."""

from pathlib import Path

import torch
import torch.nn.functional as F

from ...functional import nearest_denser_similarity, sample_density
from ...supervision.report_parts import class_names, draw_suspicious
from ...supervision.supervision_hook import plain_model
from ...visualization.plot_density_similarity import plot_density_similarity
from .smp_hook import SMPHook

__all__ = ['draw_smp_report']


def draw_smp_report(runner, hook: SMPHook, folder: Path, count: int = 32) -> list[str]:
    """Draw the prototypes of a class and the most suspicious images.

    Walks the training set once with the present network.

    Args:
        runner: After (or before) training; not within an epoch.
        hook: Its SMP hook.
        folder: Where the pictures go.
        count: How many suspicious images.

    Returns:
        The paths of the pictures.
    """
    return [
        _draw_density(runner, hook, Path(folder) / 'density_similarity.png'),
        draw_suspicious(hook, Path(folder) / 'suspicious_images.png', count),
    ]


def _draw_density(runner, hook: SMPHook, path: Path) -> str:
    """The paper's Fig. 3 for the class with the most labels changed."""
    for batch in hook.walk(plain_model(runner)):
        hook.bank.add(batch.rows, batch.features)
    given, table = hook.table.given_labels, hook.table
    changed = torch.bincount(given[given != table.suggested_labels].long())
    label = int(changed.argmax()) if len(changed) else int(given[0])
    chosen = hook.correction.choose(hook.bank, given, hook.allowed(), hook.num_classes)
    rows, prototypes, _, quantile = chosen[label]
    features = F.normalize(hook.bank.units[hook.bank.slots(rows)].double())
    similarity = (features @ features.T).clamp(-1, 1)
    hook.bank.clear()
    density = sample_density(similarity, quantile)
    true = hook.training_set.true_labels
    return plot_density_similarity(
        path,
        density,
        nearest_denser_similarity(similarity, density),
        prototypes,
        None if true is None else true[rows] == label,
        f'{class_names(hook)[label]}: {len(rows)} samples with this label',
    )
