"""The tables of the papers, run again: what can be run, and what cannot and why."""

import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..formats.atomic_file import atomic_write
from ..formats.markdown_table import markdown_table
from .comparison_tables import mean_and_deviation
from .ledger import append_line, provenance, read_lines
from .logged_values import TOP1
from .metric_check import check_metric
from .paper_run import PaperRun, carry_out, data_root
from .paper_tables import Cell, Table

__all__ = ['listing', 'missing_data', 'reproduce', 'results_of']

_HEADER = ('row', 'column', 'paper', 'ours', 'seeds', 'how')
_NUMBERS = ('paper', 'ours')
_SHARES = ('given_label_accuracy', 'corrected_label_accuracy', 'precision', 'recall')


def missing_data(cell: Cell) -> list[Path]:
    """The files that the run needs and that are not there."""
    return [path for name in cell.data if not (path := data_root() / name).exists()]


def reproduce(
    table: Table,
    results: Path,
    work_dir: Path,
    seeds: Sequence[int] | None = None,
    rows: Callable[[Cell], bool] = lambda cell: True,
) -> tuple[str, dict[str, str]]:
    """Run what can be run of a table and is not finished; write its page.

    Every cell is run with the first seed before any is with the second. A run that was
    killed goes on from its last checkpoint. ``results/<method>/<table>.md`` is written
    after each, and ``results/ledger.jsonl`` gets a line for each result: config hash,
    versions, seed, hardware, wall time, revision.

    Args:
        table: Of :func:`~nl_plugins.running.paper_tables.read_tables`.
        results: Folder of the ledger and of the pages.
        work_dir: Folder of the runs, which tables share.
        seeds: Other seeds than those of the table.
        rows: Which cells to run; the page has all.

    Returns:
        The page, and by cell the error of a run that failed: the others go on.

    Raises:
        ValueError: Before any training, if a config lacks a field of the options, or
            does not measure what is asked for, or the ledger is damaged.
    """
    runs = [
        (cell, cell.run)
        for cell in table.cells
        if cell.run and rows(cell) and not missing_data(cell)
    ]
    failed: dict[str, str] = {}
    origin = provenance()  # now: files may change while it runs
    _check_metrics(runs)
    read_lines(results / 'ledger.jsonl')
    for seed in sorted({seed for cell, _ in runs for seed in seeds or cell.seeds}):
        for cell, run in runs:
            if seed in (seeds or cell.seeds):
                title, metric = f'{cell.title}, seed {seed}', _logged(cell.metric)
                shown = f'{table.name}, {title}'
                try:
                    result = carry_out(run, seed, work_dir, shown, metric, origin)
                    enter(results / 'ledger.jsonl', cell, run, seed, result)
                except Exception as error:  # one cell, not the table
                    traceback.print_exc()
                    failed[title] = f'{type(error).__name__}: {error}'
                write_page(table, results)
    return write_page(table, results), failed


def _logged(metric: str) -> str:
    """What the log calls a metric, if a run logs it: ``SMPHook.precision`` is a hook's.

    Shares of the labels are in the result beside it.
    """
    hook, dot, figure = metric.partition('.')
    if dot:
        return f'{hook.replace("Hook", "").lower()}/{figure}'
    return TOP1 if metric in _SHARES else metric


def _check_metrics(runs: Iterable[tuple[Cell, PaperRun]]) -> None:
    """Whether every config measures what is asked for; options do not change that."""
    checked = set()
    for cell, run in runs:
        title = f'{cell.table}, {cell.title}'
        try:
            config = run.prepare()
        except ValueError as error:
            raise ValueError(f'{title}: {error}') from error
        metric = TOP1 if '.' in cell.metric else _logged(cell.metric)
        if (run.config, metric) not in checked:
            check_metric(title, config, metric)
        checked.add((run.config, metric))


def enter(ledger: Path, cell: Cell, run: PaperRun, seed: int, result: dict) -> None:
    """Enter a result in the ledger, unless it is there."""
    key = dict(table=cell.table, row=cell.row, column=cell.column, seed=seed)
    line = key | dict(metric=cell.metric, run=run.name)
    if not any(line.items() <= known.items() for known in read_lines(ledger)):
        value = _value(result, cell.metric)
        more = dict(configs=cell.configs, options=cell.options, value=value)
        digest = dict(config_sha256=run.digest)
        append_line(ledger, line | more | digest | result.get('origin', {}))


def _value(result: dict, metric: str) -> float:
    """In per cent, as the papers; of a hook's figures, integers are counts."""
    if metric == TOP1 or metric in _SHARES:
        return round(100 * result['top1' if metric == TOP1 else metric], 4)
    value = result[_logged(metric)]
    share = '.' in metric and isinstance(value, float)
    return round(100 * value if share else value, 4)


def results_of(cell: Cell, ledger: Sequence[dict]) -> dict[int, float]:
    """What the ledger has of a cell: by seed, the latest; runs of today's config only.

    That is, with the same settings, whatever the version of the package.
    """
    key = dict(table=cell.table, row=cell.row, column=cell.column, metric=cell.metric)
    found = [line for line in ledger if key.items() <= line.items()]
    if found:
        run = cell.run.name if cell.run else None
        found = [line for line in found if line.get('run') == run]
    return {line['seed']: line['value'] for line in found}


def listing(tables: Sequence[Table], results: Path) -> str:
    """A line for each number of the papers: theirs, ours, how; then the counts."""
    ledger = read_lines(results / 'ledger.jsonl')
    cells = [cell for table in tables for cell in table.cells]
    counts = dict(
        numbers=len(cells),
        run=sum(bool(results_of(cell, ledger)) for cell in cells),
        by_config=sum(bool(cell.run) for cell in cells),
        by_hand=sum(bool(cell.command) for cell in cells),
        not_yet=sum(bool(cell.why) for cell in cells),
    )
    rows = [(cell.table, *_columns(cell, ledger)) for cell in cells]
    told = ', '.join(f'{key.replace("_", " ")} {n}' for key, n in counts.items())
    return f'{markdown_table(["table", *_HEADER], rows, _NUMBERS)}\n\n{told}'


def write_page(table: Table, results: Path) -> str:
    """The finished table, ``results/<method>/<table>.md``."""
    ledger = read_lines(results / 'ledger.jsonl')
    texts = [f'# {table.name}: {table.title}', table.paper, table.note]
    texts.append(f'**What chose what here:** {table.chosen}' if table.chosen else '')
    texts.append(f'```bash\npython tools/reproduce.py {table.name}\n```')
    rows = [_columns(cell, ledger) for cell in table.cells]
    texts.append(markdown_table(_HEADER, rows, _NUMBERS))
    page = '\n\n'.join(text for text in texts if text) + '\n'
    with atomic_write(results / f'{table.name}.md') as file:
        file.write(page)
    return page


def _columns(cell: Cell, ledger: Sequence[dict]) -> tuple[str, ...]:
    found = results_of(cell, ledger)
    ours = mean_and_deviation(list(found.values()), 2) if found else 'not run'
    seeds = ', '.join(map(str, sorted(found)))
    return (cell.row, cell.column, cell.paper, ours, seeds, _how(cell, found))


def _how(cell: Cell, found: dict[int, float]) -> str:
    """The configs with their options, and why there is no result."""
    runs = [
        ', '.join([f'`{run.config}`', *(f'{k}={v}' for k, v in run.options.items())])
        for run in (cell.run.chain if cell.run else ())
    ]
    text = ' → '.join(runs)
    notes = [cell.note, cell.why]
    if not found:
        gone = [] if cell.why else missing_data(cell)
        notes.append(f'`{cell.command}`' if cell.command else '')
        if gone:
            more = f' and {len(gone) - 1} more' if len(gone) > 1 else ''
            first = gone[0].relative_to(data_root()).as_posix()
            notes.append(f'needs NL_DATA/{first}{more}')
    return '; '.join(part for part in (text, *notes) if part)
