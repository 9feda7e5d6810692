"""A report from a training run: what the table of a method's hook holds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..formats.label_file import recommend
from ..formats.logged_scalars import logged_scalars
from ..supervision.table_hook import TableHook
from .dataset_images import dataset_images, folder_of
from .label_report import LabelReport
from .noise_rate import NoiseRate

__all__ = ['label_curves', 'run_report']

_SHARES = {
    'labels_changed': 'Share of labels that differ from the given ones',
    'given_accuracy': 'Share of given labels that are right',
    'corrected_accuracy': 'Share of corrected labels that are right',
    'given_accuracy_estimate': 'Estimated share of given labels that are right',
    'corrected_accuracy_estimate': 'Estimated share of corrected labels that are right',
}


def run_report(
    hook: TableHook, pictures: Sequence[str] = (), **more: Any
) -> LabelReport:
    """What a hook knows of the training set, after its ``draw``.

    Args:
        hook: After the training started, in the main process.
        pictures: PNG files that the hook drew.
        **more: Further fields of :class:`LabelReport`.
    """
    samples, table = hook.training_set, hook.table
    paths, masks = samples.paths(), hook.recommend() if hook.active else {}
    if hook.active:
        method = f'Scored by {type(hook).__name__}.'
    else:
        method = (
            'Scored by the probability that the network gives to the given label. It '
            'was trained on these labels: once it has memorised them, wrong ones '
            'look right.'
        )
    if (estimate := hook.noise_rate()) is not None:
        rate, error, source = estimate
        only = 'the interval is for chance alone, not for what the method supposes'
        noise = dict(noise_rate=NoiseRate.of_error(rate, error))
        more = dict(noise, noise_source=f'{source}; {only}') | more
    return LabelReport(
        paths=paths,
        class_names=hook.class_names,
        given_labels=samples.given_labels,
        suggested_labels=table.suggested_labels,
        scores=np.nan_to_num(np.asarray(table.scores, dtype=np.float64)),
        recommended=recommend(len(table), samples.verification, **masks),
        weights=table.weights,
        verification=samples.verification,
        true_labels=samples.true_labels,
        load_image=dataset_images(samples),
        folder=folder_of(samples, paths),
        pictures=pictures,
        method=method,
        **more,
    )


def label_curves(work_dir: Path, name: str) -> dict[str, list[tuple[float, float]]]:
    """What a hook logged of the labels in a run, by epoch: curves of a report.

    Args:
        work_dir: Of the run; a folder without logs gives no curves.
        name: What the figures of the hook begin with, such as ``smp``.
    """
    curves: dict[str, dict[float, float]] = {}
    for record in logged_scalars(work_dir):
        for figure, title in _SHARES.items():
            value = record.get(f'{name}/{figure}')
            if value is not None and np.isfinite(value):
                curves.setdefault(title, {})[record.get('step', 0)] = value
    return {title: sorted(values.items()) for title, values in curves.items()}
