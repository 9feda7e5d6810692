"""The report for a terminal; names from the data are escaped."""

from collections.abc import Iterator, Sequence

import numpy as np

from ..visualization.text import visible_text
from .check import DataReport
from .class_checks import class_name
from .finding import Finding
from .parts import locate

__all__ = ['report_lines']

MOST_CLASSES = 30
MOST_SAMPLES = 6
MOST_CONFUSIONS = 3


def report_lines(report: DataReport) -> list[str]:
    """Tables of the counts, the noise, the findings, and a verdict."""
    figures = [report.figures(part) for part in report.parts]
    lines = ['', *_parts_table(figures), '', *_class_table(figures)] if figures else []
    for figure in figures:
        lines += _noise(figure)
    if report.fast:
        lines += [
            '',
            '--fast: a sample of the images was decoded, no contents compared',
        ]
    for finding in report.findings:
        lines += ['', *_finding(finding, report)]
    errors = report.num_errors
    warnings = len(report.findings) - errors
    verdict = (
        f'errors: {errors}, warnings: {warnings}; training or its evaluation would stop'
        if errors
        else f'errors: 0, warnings: {warnings}'
        if warnings
        else 'nothing is wrong'
    )
    return [*lines, '', verdict]


def _parts_table(figures: list[dict]) -> Iterator[str]:
    rows = [('part', 'dataset', 'samples', 'published', 'images decoded')]
    for figure in figures:
        published = figure['published_count']
        rows.append(
            (
                figure['part'],
                figure['dataset'],
                f'{figure["num_samples"]:,}',
                '' if published is None else f'{published:,}',
                f'{figure["num_decoded"]:,}',
            )
        )
    return _aligned(rows, left=2)


def _class_table(figures: list[dict]) -> Iterator[str]:
    sizes = [figure['class_counts'] for figure in figures]
    names = max((figure['classes'] for figure in figures), key=len)
    labels = np.arange(max(map(len, sizes)))
    if len(labels) > MOST_CLASSES:
        first = np.zeros(len(labels), np.int64)
        first[: len(sizes[0])] = sizes[0]
        yield f'the {MOST_CLASSES} smallest of {len(labels)} classes'
        labels = np.argsort(first, kind='stable')[:MOST_CLASSES]
    rows = [('class', *(figure['part'] for figure in figures))]
    for label in labels.tolist():
        cells = [f'{size[label]:,}' if label < len(size) else '' for size in sizes]
        rows.append((class_name(names, label), *cells))
    yield from _aligned(rows, left=1)


def _noise(figure: dict) -> Iterator[str]:
    noise = figure['noise']
    if 'true_label' in noise:
        known = noise['true_label']
        line = _share(figure, known, 'labels with a known true label')
        wrong = [row for row in known['transition_counts'] if row[0] != row[1]]
        names = figure['classes']
        texts = [
            f'{class_name(names, true)} -> {class_name(names, given)} ({count:,})'
            for true, given, count in wrong[:MOST_CONFUSIONS]
        ]
        yield from ('', line + (f'; most often {", ".join(texts)}' if texts else ''))
    if 'verification' in noise:
        yield from ('', _share(figure, noise['verification'], 'verified labels'))


def _share(figure: dict, known: dict, what: str) -> str:
    return (
        f'{figure["part"]}: {known["rate"]:.2%} of {known["known"]:,} {what} are wrong'
    )


def _finding(finding: Finding, report: DataReport) -> Iterator[str]:
    message = visible_text(finding.message)
    yield f'{finding.level.upper()} {finding.where}, {finding.check}: {message}'
    previous = None
    for place, number in enumerate(finding.samples[:MOST_SAMPLES].tolist()):
        part, row = locate(report.parts, number)
        group = None if finding.groups is None else finding.groups[place]
        bullet = '=' if group is not None and group == previous else '-'
        yield f'    {bullet} {_sample(part.sample(row), part.class_names)}'
        previous = group
    rest = len(finding.samples) - MOST_SAMPLES
    if rest > 0:
        yield f'    and {rest:,} more (--out FILE.json names all)'
    yield f'    {finding.advice}'


def _sample(sample: dict, names: Sequence[str]) -> str:
    path = sample['img_path']
    what = f'sample {sample["sample_idx"]}' if path is None else visible_text(path)
    label = sample['label']
    text = '' if label is None else f' (label {class_name(names, label)})'
    return f'{sample["part"]}: {what}{text}'


def _aligned(rows: list[tuple], left: int) -> Iterator[str]:
    """The rows in columns, the first ``left`` of them aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths))
        ]
        yield '  '.join(cells).rstrip()
