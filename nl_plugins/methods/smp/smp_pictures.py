"""The paper's Fig. 3: how SMP chose the prototypes of a class."""

from pathlib import Path
from typing import Any

import torch

from ...functional import nearest_denser_similarity, sample_density
from ...supervision.sample_hook import plain_model
from ...visualization.plot_density_similarity import plot_density_similarity
from ...visualization.text import shown_names

__all__ = ['draw_prototypes']


def draw_prototypes(hook: Any, runner, path: Path) -> str:
    """Draw the class with the most labels changed; walks over the training set once.

    Args:
        hook: An ``SMPHook`` of a run that is in memory.
        runner: After (or before) training; not within an epoch.
        path: Where the picture goes.
    """
    for batch in hook.walk(plain_model(runner)):
        hook.bank.add(batch.rows, batch.features)
    given, true = hook.table.given_labels, hook.training_set.true_labels
    changed = torch.bincount(given[given != hook.table.suggested_labels].long())
    label = int(changed.argmax()) if len(changed) else int(given[0])
    bank = hook.compared()
    choice = hook.correction.choose(bank, given, hook.allowed(), hook.num_classes)
    rows, prototypes, _, quantile = choice[label]
    units = bank.units[bank.slots(rows)].double()
    units /= torch.linalg.vector_norm(units, dim=1, keepdim=True)
    similarity = (units @ units.T).clamp(-1, 1)
    hook.bank.clear()
    density = sample_density(similarity, quantile)
    return plot_density_similarity(
        path,
        density,
        nearest_denser_similarity(similarity, density),
        prototypes,
        true[rows] == label if bool((true >= 0).any()) else None,
        f'{shown_names(hook.class_names)[label]}: {len(rows)} samples with this label',
    )
