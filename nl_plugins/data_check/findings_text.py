"""What was found, for a terminal; names from the data are escaped."""

from collections.abc import Iterator

from ..visualization.text import visible_text
from .check_result import DataCheck
from .class_checks import class_name
from .finding import Finding

__all__ = ['findings_lines']

MOST_CLASSES, MOST_SAMPLES, MOST_CONFUSIONS = 30, 6, 3
_KNOWN = dict(
    true_label='labels with a known true label', verification='verified labels'
)


def findings_lines(checked: DataCheck) -> list[str]:
    """Tables of the counts, the noise, the findings, and a verdict."""
    lines = []
    summary = checked.summary()
    if summary:
        lines += ['', *_parts_table(summary), '', *_class_table(summary)]
    for counts in summary:
        lines += _noise(counts)
    if checked.fast:
        note = '--fast: a sample of the images was decoded, no contents compared'
        lines += ['', note]
    for finding in checked.findings:
        lines += ['', *_finding(finding, checked)]
    errors = checked.num_errors
    verdict = f'errors: {errors}, warnings: {len(checked.findings) - errors}'
    if errors:
        verdict += '; training or its evaluation would stop'
    return [*lines, '', verdict if checked.findings else 'nothing is wrong']


def _parts_table(summary: list[dict]) -> Iterator[str]:
    rows = [('part', 'dataset', 'samples', 'published', 'images decoded')]
    for part in summary:
        names = ('num_samples', 'published_count', 'num_decoded')
        cells = ['' if part[name] is None else f'{part[name]:,}' for name in names]
        rows.append((part['part'], part['dataset'], *cells))
    return _aligned(rows, left=2)


def _class_table(summary: list[dict]) -> Iterator[str]:
    sizes = [part['class_counts'] for part in summary]
    names = max((part['classes'] for part in summary), key=len)
    labels = list(range(max(map(len, sizes))))
    if len(labels) > MOST_CLASSES:
        yield f'the {MOST_CLASSES} smallest of {len(labels)} classes'
        first = dict(enumerate(sizes[0]))
        labels = sorted(labels, key=lambda label: first.get(label, 0))[:MOST_CLASSES]
    rows = [('class', *(part['part'] for part in summary))]
    for label in labels:
        cells = [f'{size[label]:,}' if label < len(size) else '' for size in sizes]
        rows.append((class_name(names, label), *cells))
    yield from _aligned(rows, left=1)


def _noise(part: dict) -> Iterator[str]:
    names = part['classes']
    for kind, noise in part['noise'].items():
        what = f'{noise["rate"]:.2%} of {noise["known"]:,} {_KNOWN[kind]} are wrong'
        wrong = [row for row in noise.get('transition_counts', ()) if row[0] != row[1]]
        texts = [
            f'{class_name(names, true)} -> {class_name(names, given)} ({count:,})'
            for true, given, count in wrong[:MOST_CONFUSIONS]
        ]
        most = f'; most often {", ".join(texts)}' if texts else ''
        yield from ('', f'{part["part"]}: {what}{most}')


def _finding(finding: Finding, checked: DataCheck) -> Iterator[str]:
    message = visible_text(finding.message)
    yield f'{finding.level.upper()} {finding.where}, {finding.check}: {message}'
    groups = finding.samples if finding.groups is None else finding.groups
    for place, number in enumerate(finding.samples[:MOST_SAMPLES].tolist()):
        bullet = '=' if place and groups[place] == groups[place - 1] else '-'
        part, index = checked.locate(number)
        sample = part.sample(index)
        path, label = sample['img_path'], sample['label']
        what = f'sample {index}' if path is None else visible_text(path)
        if label is not None:
            what += f' (label {class_name(part.class_names, label)})'
        yield f'    {bullet} {part.name}: {what}'
    rest = len(finding.samples) - MOST_SAMPLES
    if rest > 0:
        yield f'    and {rest:,} more (--out FILE.json names all)'
    yield f'    {finding.advice}'


def _aligned(rows: list[tuple], left: int) -> Iterator[str]:
    """The rows in columns, the first ``left`` of them aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths)]
        cells[:left] = [cell.ljust(width) for cell, width in zip(row[:left], widths)]
        yield '  '.join(cells).rstrip()
