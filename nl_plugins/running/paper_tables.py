"""What the papers measured, and which config measures it here."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .paper_run import PaperRun
from .run_config import CONFIGS

__all__ = ['Cell', 'Table', 'read_tables', 'select_tables']

PAPERS = CONFIGS / 'papers'

_TABLE_KEYS = {'title', 'chosen', 'columns', 'sweep', 'rows', 'note'}
_RUN_KEYS = {'config', 'options', 'after'}
_EARLIER_KEYS = _RUN_KEYS | {'sweep'}
_CELL_KEYS = {'metric', 'seeds', 'data', 'why', 'command', 'evaluate'} | _RUN_KEYS
_ROW_KEYS = {'name', 'paper', 'note'} | _CELL_KEYS


@dataclass(eq=False)
class Cell:
    """One number of a table.

    ``run`` is the one that is measured. Where there is none, ``why`` says so, or
    ``command`` how it is measured otherwise. ``data`` are files below ``NL_DATA`` that
    the run needs.
    """

    table: str
    row: str
    column: str
    paper: str
    run: PaperRun | None = None
    seeds: list[int] = field(default_factory=lambda: [0])
    metric: str = 'accuracy/top1'
    data: list[str] = field(default_factory=list)
    why: str = ''
    command: str = ''
    note: str = ''

    @property
    def title(self) -> str:
        """The row, and the column where there are several."""
        return f'{self.row}, {self.column}' if self.column else self.row

    @property
    def configs(self) -> list[str]:
        """Those of all runs, the one that is measured last."""
        return [run.config for run in self.run.chain] if self.run else []

    @property
    def options(self) -> dict[str, Any]:
        """Those of all runs."""
        runs = self.run.chain if self.run else []
        return {key: value for run in runs for key, value in run.options.items()}


@dataclass
class Table:
    """A table of a paper; ``chosen`` says which split chose what."""

    name: str
    paper: str
    title: str
    chosen: str
    note: str
    cells: list[Cell]


def read_tables(folder: Path = PAPERS) -> dict[str, Table]:
    """All tables of the files ``<method>/<table>`` in a folder, by that name.

    A file has a ``paper`` and its ``tables``, each with a ``title``, what was
    ``chosen`` by which split, and ``rows``. Fields of :class:`Cell` may be given by a
    row, or by the table for all of its rows. Where there are ``columns``, a row has a
    ``paper`` value for each. They are the values of the field ``sweep``, a list or by
    title; or, without that, the metrics of one run by title.

    Raises:
        ValueError: Naming the file, the table and the row: if it is no YAML, keys are
            missing or unknown, values of another type, or two rows of one name, or a
            row has neither config nor reason, or not one value of the paper for each
            column.
    """
    return {
        table.name: table
        for path in sorted(Path(folder).glob('*.yml'))
        for table in _tables(path)
    }


def select_tables(tables: Mapping[str, Table], names: Iterable[str]) -> list[Table]:
    """The tables of these names, or of methods: ``smp`` is all of ``smp/...``."""
    found: dict[str, Table] = {}
    for name in names:
        own = {k: t for k, t in tables.items() if k == name or k.startswith(f'{name}/')}
        if not own:
            raise ValueError(f'no table {name!r}: there are {", ".join(tables)}')
        found |= own
    return list(found.values())


def _tables(path: Path) -> Iterator[Table]:
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f'{path} is no YAML: {error}') from error
    _check_keys(str(path), content, {'paper', 'tables'}, ('paper', 'tables'))
    _check_keys(f'{path}, tables', content['tables'])
    for key, table in content['tables'].items():
        name = f'{path.stem}/{key}'
        title = f'{path}: {name}'
        _check_keys(title, table, _TABLE_KEYS | _CELL_KEYS, ('title', 'rows'))
        if not isinstance(table['rows'], list):
            raise ValueError(f'{title}: rows are a list, not {table["rows"]!r}')
        if not isinstance(given := table.get('columns', []), (list, dict)):
            raise ValueError(f'{title}: columns are a list or have keys, not {given!r}')
        cells = [c for row in table['rows'] for c in _cells(path, name, table, row)]
        for cell, count in Counter(cell.title for cell in cells).items():
            if count > 1:
                advice = 'give them other names'
                raise ValueError(f'{title} has two numbers {cell!r}: {advice}')
        yield Table(
            name=name,
            paper=content['paper'],
            title=table['title'],
            chosen=table.get('chosen', ''),
            note=table.get('note', ''),
            cells=cells,
        )


def _check_keys(
    title: str,
    given: Any,
    known: Collection[str] | None = None,
    needed: Collection[str] = (),
) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(f'{title} has keys and their values, not {given!r}')
    unknown = [key for key in given if known is not None and key not in known]
    missing = [key for key in needed if key not in given]
    for what, keys in (('unknown keys', unknown), ('no', missing)):
        if keys:
            raise ValueError(f'{title} has {what} {", ".join(map(str, keys))}')


def _check_list(title: str, given: Any, kind: type) -> None:
    if not isinstance(given, list) or {*map(type, given)} - {kind}:
        words = {int: 'integers', str: 'texts'}[kind]
        raise ValueError(f'{title} are {words} in a list, not {given!r}')


def _cells(path: Path, table_name: str, table: Mapping, row: Any) -> list[Cell]:
    name = row.get('name') if isinstance(row, Mapping) else row
    title = f'{path}: {table_name}, row {name!r}'
    _check_keys(title, row, _ROW_KEYS, ('name', 'paper'))
    settings = {k: table[k] for k in _CELL_KEYS if k in table}
    settings |= {k: row[k] for k in _CELL_KEYS | {'note'} if k in row}
    keys = {k: settings.pop(k) for k in _RUN_KEYS if k in settings}
    evaluated = settings.pop('evaluate', None)
    if not isinstance(evaluated, str | None):
        raise ValueError(f'{title}: evaluate is a config, not {evaluated!r}')
    runs = 'config' in keys and 'why' not in row
    if not (runs or settings.get('why') or settings.get('command')):
        raise ValueError(f'{title} needs a config, a command, or says why it has none')
    columns = table.get('columns', [''])
    columns = columns if isinstance(columns, dict) else {str(c): c for c in columns}
    values = row['paper'] if isinstance(row['paper'], list) else [row['paper']]
    if len(values) != len(columns):
        raise ValueError(f'{title} has {len(values)} values for {len(columns)} columns')
    _check_keys(f'{title}, options', options := keys.pop('options', {}))
    for key, kind in dict(seeds=int, data=str).items():
        _check_list(f'{title}: {key}', settings.get(key, []), kind)
    cells = []
    for (column, value), paper in zip(columns.items(), values):
        own, more = dict(settings), dict(options)
        if 'sweep' in table:
            more[table['sweep']] = value
        elif value:
            own['metric'] = value
        run = _run(title, dict(keys, options=more), value) if runs else None
        if run and evaluated:
            run = PaperRun(evaluated, after=dict(load_from=run), tested=True)
        texts = (table_name, str(row['name']), column, str(paper))
        cells.append(Cell(*texts, run, **own))
    return cells


def _run(title: str, given: Any, value: Any) -> PaperRun:
    """The run of a config, of several in their order, or of keys.

    The value is that of the column, for the field ``sweep`` of an earlier run.
    """
    keys = given if isinstance(given, Mapping) else dict(config=given)
    _check_keys(title, keys, _EARLIER_KEYS, ('config',))
    for key in ('options', 'after'):
        _check_keys(f'{title}, {key}', keys.get(key, {}))
    configs = keys['config']
    configs = [configs] if isinstance(configs, str) else configs
    _check_list(f'{title}: config', configs, str)
    if not configs:
        raise ValueError(f'{title} has an empty list of configs')
    after = keys.get('after', {})
    earlier = {k: _run(f'{title}, after {k}', v, value) for k, v in after.items()}
    *before, last = configs
    if before:
        earlier['load_from'] = _run(title, before, value)
    options = dict(keys.get('options', {}))
    if 'sweep' in keys:
        options[keys['sweep']] = value
    return PaperRun(last, options, earlier)
