"""What a run logged of a metric, and what it is called in results."""

from pathlib import Path

from ..formats.logged_scalars import logged_scalars

__all__ = ['TOP1', 'accuracy_curve', 'figure_name', 'last_value']

TOP1 = 'accuracy/top1'


def accuracy_curve(work_dir: Path, key: str = TOP1) -> list[list[float]]:
    """[epoch, value] pairs that a run (and its resumed parts) logged, by epoch."""
    found = (record for record in logged_scalars(work_dir) if key in record)
    values = {record['step']: record[key] for record in found}
    return [[step, values[step]] for step in sorted(values)]


def figure_name(metric: str) -> str:
    """What a metric is called in a result: top1, or as it is logged.

    >>> figure_name('accuracy/top1'), figure_name('accuracy/top5')
    ('top1', 'accuracy/top5')
    """
    return 'top1' if metric == TOP1 else metric


def last_value(work_dir: Path, metric: str) -> dict:
    """The last value of a metric by its :func:`figure_name`, and its ``curve``.

    MMPretrain logs per cent; ``top1`` is a share.

    Raises:
        RuntimeError: If the run logged no such metric.
    """
    curve = accuracy_curve(work_dir, metric)
    if not curve:
        advice = 'set `val_begin` and `val_interval`, or choose a metric that is logged'
        raise RuntimeError(f'the run in {work_dir} logged no {metric!r}: {advice}')
    last = curve[-1][1]
    return {figure_name(metric): last / 100 if metric == TOP1 else last, 'curve': curve}
