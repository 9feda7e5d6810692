"""The tables of the papers, run again: what can be run, and what cannot and why."""

import os
import time
import traceback
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from ..formats.atomic_file import atomic_write
from ..formats.fingerprint import fingerprint
from ..formats.markdown_table import markdown_table
from .comparison_tables import mean_and_deviation
from .ledger import append_line, provenance, read_lines
from .logged_values import TOP1
from .metric_check import check_metric
from .paper_tables import Cell, Table
from .run_config import CONFIGS, read_config
from .run_once import run_once
from .seeded import seeded
from .sweep import set_field

__all__ = ['cell_configs', 'listing', 'missing_data', 'reproduce', 'results_of']

_HEADER = ('row', 'column', 'paper', 'ours', 'seeds', 'how')
_NUMBERS = ('paper', 'ours')
_SHARES = ('given_label_accuracy', 'corrected_label_accuracy', 'precision', 'recall')


def data_root() -> Path:
    """The folder of the data sets: ``NL_DATA``, as in the configs."""
    return Path(os.environ.get('NL_DATA', 'data'))


def missing_data(cell: Cell) -> list[Path]:
    """The files that the run needs and that are not there."""
    return [path for name in cell.data if not (path := data_root() / name).exists()]


def cell_configs(cell: Cell) -> list[Config]:
    """The configs of a cell in the order of their runs, with its options.

    Where the test split is another one than that for validation, the last epoch is
    also measured on it, as ``test/top1`` and so on, unless the config does so itself.

    Raises:
        ValueError: If the last config does not have a field of the options.
    """
    configs = [Config(_read(path).to_dict()) for path in cell.configs]
    for name, value in cell.options.items():
        try:
            set_field(configs[-1], name, value)
        except ValueError as error:
            raise ValueError(f'{cell.table}, {cell.title}: {error}') from error
    _measure_test_split(configs[-1])
    return configs


def _measure_test_split(config: Config) -> None:
    hooks = config.get('custom_hooks') or []
    if config.get('test_dataloader') in (None, config.get('val_dataloader')):
        return
    if all(hook['type'] != 'ReportTestSplitHook' for hook in hooks):
        last = config.train_cfg.get('max_epochs', 1)
        report = dict(type='ReportTestSplitHook', interval=last)
        config.custom_hooks = [*hooks, report]
        config.test_evaluator = dict(config.test_evaluator, prefix='test')


@cache
def _read(path: str) -> Config:
    return read_config(str(CONFIGS / path))


def run_names(cell: Cell) -> list[str]:
    """A folder for each run: its config, and the beginning of its digest.

    Cells with the same run share it.
    """
    pairs = zip(cell.configs, config_digests(cell))
    return [f'{Path(path).parent.name}_{Path(path).stem}-{d[:12]}' for path, d in pairs]


@cache
def config_digests(cell: Cell) -> list[str]:
    """SHA-256 of each config, and of those that its run begins with.

    Where the data lies is not part of it. It takes as long as formatting the configs,
    and is kept.
    """
    digests: list[str] = []
    root = f"'{data_root()}/"
    for config in cell_configs(cell):
        text = config.pretty_text.replace(root, "'data/")
        digests.append(fingerprint(text, *digests[-1:]))
    return digests


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
    cells = [cell for cell in table.cells if cell.configs and rows(cell)]
    todo = {cell.title: cell for cell in cells if not missing_data(cell)}
    prepared = {title: cell_configs(cell) for title, cell in todo.items()}
    wanted = {title: seeds or cell.seeds for title, cell in todo.items()}
    failed: dict[str, str] = {}
    origin = provenance()  # now: files may change while it runs
    _check_metrics([(cell, prepared[title][-1]) for title, cell in todo.items()])
    read_lines(results / 'ledger.jsonl')
    for seed in sorted({seed for each in wanted.values() for seed in each}):
        for title, cell in todo.items():
            if seed in wanted[title]:
                try:
                    result = run_cell(cell, prepared[title], seed, work_dir, origin)
                    enter(results / 'ledger.jsonl', cell, seed, result)
                except Exception as error:  # one cell, not the table
                    traceback.print_exc()
                    failed[f'{title}, seed {seed}'] = f'{type(error).__name__}: {error}'
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


def _check_metrics(prepared: Sequence[tuple[Cell, Config]]) -> None:
    """Whether every config measures what is asked for; options do not change that."""
    checked = set()
    for cell, config in prepared:
        metric = TOP1 if '.' in cell.metric else _logged(cell.metric)
        if (key := (cell.configs[-1], metric)) not in checked:
            check_metric(f'{cell.table}, {cell.title}', config, metric)
        checked.add(key)


def run_cell(
    cell: Cell, configs: Sequence[Config], seed: int, work_dir: Path, origin: dict
) -> dict[str, Any]:
    """Run a cell with one seed, if it is not finished; its ``result.json``."""
    previous, names = None, run_names(cell)
    for name, config in zip(names, configs):
        folder, config = work_dir / name / f'seed_{seed}', seeded(config, seed)
        if previous is not None:
            config.load_from = (previous / 'last_checkpoint').read_text().strip()
        metric = _logged(cell.metric) if name == names[-1] else TOP1
        title = f'{cell.table}, {cell.title}, seed {seed}'
        resumed = (folder / 'last_checkpoint').exists()
        told = partial(_origin, origin, time.time(), resumed)
        result = run_once(config, folder, title, metric, told)
        previous = folder
    return result


def _origin(origin: dict, started: float, resumed: bool, runner: Any) -> dict[str, Any]:
    cost = dict(wall_seconds=round(time.time() - started, 1), resumed=resumed)
    return dict(origin=cost | origin)


def enter(ledger: Path, cell: Cell, seed: int, result: dict) -> None:
    """Enter a result in the ledger, unless it is there."""
    key = dict(table=cell.table, row=cell.row, column=cell.column, seed=seed)
    line = key | dict(metric=cell.metric, run=run_names(cell)[-1])
    if not any(line.items() <= known.items() for known in read_lines(ledger)):
        value = _value(result, cell.metric)
        more = dict(configs=cell.configs, options=cell.options, value=value)
        digest = dict(config_sha256=config_digests(cell)[-1])
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
        run = run_names(cell)[-1] if cell.configs else None
        found = [line for line in found if line.get('run') == run]
    return {line['seed']: line['value'] for line in found}


def listing(tables: Sequence[Table], results: Path) -> str:
    """A line for each number of the papers: theirs, ours, how; then the counts."""
    ledger = read_lines(results / 'ledger.jsonl')
    cells = [cell for table in tables for cell in table.cells]
    counts = dict(
        numbers=len(cells),
        run=sum(bool(results_of(cell, ledger)) for cell in cells),
        by_config=sum(bool(cell.configs) for cell in cells),
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
    """The config, and why there is no result."""
    parts = [' → '.join(f'`{path}`' for path in cell.configs)]
    parts += [f'{key}={value}' for key, value in cell.options.items()]
    text = ', '.join(part for part in parts if part)
    notes = [cell.note, cell.why]
    if not found:
        gone = [] if cell.why else missing_data(cell)
        notes.append(f'`{cell.command}`' if cell.command else '')
        if gone:
            more = f' and {len(gone) - 1} more' if len(gone) > 1 else ''
            first = gone[0].relative_to(data_root()).as_posix()
            notes.append(f'needs NL_DATA/{first}{more}')
    return '; '.join(part for part in (text, *notes) if part)
