"""What was found, for a terminal; names from the data are escaped."""

from collections.abc import Iterator

import numpy as np

from ..visualization.text import visible_text
from .check import DataCheck
from .class_checks import class_name
from .finding import Finding
from .parts import Part

__all__ = ['findings_lines']

MOST_CLASSES = 30
MOST_SAMPLES = 6
MOST_CONFUSIONS = 3


def findings_lines(checked: DataCheck) -> list[str]:
    """Tables of the counts, the noise, the findings, and a verdict."""
    lines = []
    summaries = checked.summary()
    if summaries:
        lines += ['', *_parts_table(summaries), '', *_class_table(summaries)]
    for summary in summaries:
        lines += _noise(summary)
    if checked.fast:
        note = '--fast: a sample of the images was decoded, no contents compared'
        lines += ['', note]
    for finding in checked.findings:
        lines += ['', *_finding(finding, checked)]
    verdict = f'errors: {checked.num_errors}, warnings: {checked.num_warnings}'
    if checked.num_errors:
        verdict += '; training or its evaluation would stop'
    return [*lines, '', verdict if checked.findings else 'nothing is wrong']


def _parts_table(summaries: list[dict]) -> Iterator[str]:
    rows = [('part', 'dataset', 'samples', 'published', 'images decoded')]
    for summary in summaries:
        names = ('num_samples', 'published_count', 'num_decoded')
        counts = [summary[name] for name in names]
        cells = ['' if count is None else f'{count:,}' for count in counts]
        rows.append((summary['part'], summary['dataset'], *cells))
    return _aligned(rows, left=2)


def _class_table(summaries: list[dict]) -> Iterator[str]:
    sizes = [summary['class_counts'] for summary in summaries]
    names = max((summary['classes'] for summary in summaries), key=len)
    labels = np.arange(max(map(len, sizes)))
    if len(labels) > MOST_CLASSES:
        first = np.zeros(len(labels), np.int64)
        first[: len(sizes[0])] = sizes[0]
        yield f'the {MOST_CLASSES} smallest of {len(labels)} classes'
        labels = np.argsort(first, kind='stable')[:MOST_CLASSES]
    rows = [('class', *(summary['part'] for summary in summaries))]
    for label in labels.tolist():
        cells = [f'{size[label]:,}' if label < len(size) else '' for size in sizes]
        rows.append((class_name(names, label), *cells))
    yield from _aligned(rows, left=1)


def _noise(summary: dict) -> Iterator[str]:
    kinds = dict(true_label='labels with a known true label')
    kinds['verification'] = 'verified labels'
    for kind, what in kinds.items():
        if kind not in summary['noise']:
            continue
        known, names = summary['noise'][kind], summary['classes']
        line = f'{summary["part"]}: {known["rate"]:.2%} of {known["known"]:,} {what} '
        line += 'are wrong'
        turned = known.get('transition_counts', ())
        wrong = [(t, g, count) for t, g, count in turned if t != g][:MOST_CONFUSIONS]
        texts = [
            f'{class_name(names, true)} -> {class_name(names, given)} ({count:,})'
            for true, given, count in wrong
        ]
        yield from ('', line + (f'; most often {", ".join(texts)}' if texts else ''))


def _finding(finding: Finding, checked: DataCheck) -> Iterator[str]:
    message = visible_text(finding.message)
    yield f'{finding.level.upper()} {finding.where}, {finding.check}: {message}'
    previous = None
    for place, number in enumerate(finding.samples[:MOST_SAMPLES].tolist()):
        group = None if finding.groups is None else finding.groups[place]
        bullet = '=' if group is not None and group == previous else '-'
        yield f'    {bullet} {_sample(*checked.locate(number))}'
        previous = group
    rest = len(finding.samples) - MOST_SAMPLES
    if rest > 0:
        yield f'    and {rest:,} more (--out FILE.json names all)'
    yield f'    {finding.advice}'


def _sample(part: Part, index: int) -> str:
    sample = part.sample(index)
    path, label = sample['img_path'], sample['label']
    what = f'sample {index}' if path is None else visible_text(path)
    text = '' if label is None else f' (label {class_name(part.class_names, label)})'
    return f'{part.name}: {what}{text}'


def _aligned(rows: list[tuple], left: int) -> Iterator[str]:
    """The rows in columns, the first ``left`` of them aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths))
        ]
        yield '  '.join(cells).rstrip()
