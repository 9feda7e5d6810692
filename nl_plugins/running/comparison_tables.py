"""Tables of what several methods came to."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..formats.markdown_table import markdown_table
from .logged_values import TOP1, figure_name

__all__ = ['mean_and_deviation', 'table_of_differences', 'table_of_results']

_COLUMNS = {
    'top1': 'top-1, last epoch',
    'given_label_accuracy': 'given labels right',
    'corrected_label_accuracy': 'suggested labels right',
    'num_found': 'labels called wrong',
    'precision': 'precision',
    'recall': 'recall',
}


def table_of_results(
    summary: Mapping[str, Mapping[str, Sequence]], metric: str = TOP1
) -> str:
    """The comparison as a Markdown table, mean ± standard deviation (n - 1)."""
    names = {figure_name(metric): f'{metric}, last epoch'} | _COLUMNS
    columns = [key for key in names if any(key in row for row in summary.values())]
    rows = [
        [name, *(mean_and_deviation(row.get(key)) for key in columns)]
        for name, row in summary.items()
    ]
    figures = [names[key] for key in columns]
    return markdown_table(['method', *figures], rows, figures)


def table_of_differences(
    summary: Mapping[str, Mapping[str, Sequence]], metric: str = TOP1
) -> str:
    """Paired by seed, what each method has more than the first, as a Markdown table.

    Mean ± standard deviation (n - 1) of the differences, and how many are positive.
    Runs with the same seed share labels and initial weights, so a difference says more
    than two means. Empty if there is one method.
    """
    figure, (first, *others) = figure_name(metric), summary
    figures, rows = [f'{metric} minus {first}', 'higher with'], []
    for name in others:
        pairs = zip(summary[name][figure], summary[first][figure])
        values = [one - other for one, other in pairs]
        higher = sum(value > 0 for value in values)
        count = f'{higher} of {len(values)} seeds'
        rows.append([name, mean_and_deviation(values), count])
    return markdown_table(['method', *figures], rows, figures) if others else ''


def mean_and_deviation(values: Sequence | None, digits: int = 3) -> str:
    """Of the seeds, as a text; a dash where a value is missing.

    >>> mean_and_deviation([0.5, 0.75])
    '0.625 ± 0.177'
    """
    if not values or any(value is None for value in values):
        return '–'
    digits = 0 if all(isinstance(value, int) for value in values) else digits
    mean = f'{np.mean(values):.{digits}f}'
    return mean if len(values) < 2 else f'{mean} ± {np.std(values, ddof=1):.{digits}f}'
