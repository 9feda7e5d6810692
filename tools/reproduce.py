"""Reproduce a table of a paper: ``python tools/reproduce.py two_stage/table3_mnist``.

Runs what can be run and is not finished, and writes ``results/<method>/<table>.md`` and
a line for each result to ``results/ledger.jsonl``. ``--list`` shows every number of the
five papers, ours beside it, its config, and why it was not run.
"""

import argparse
from pathlib import Path

from nl_plugins.running.paper_tables import PAPERS, Cell, read_tables, select_tables
from nl_plugins.running.reproduction import listing, reproduce
from nl_plugins.running.told_errors import told_errors


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[1])
    parser.add_argument(
        'tables', nargs='*', metavar='TABLE', help='such as smp/table1, or smp for all'
    )
    parser.add_argument('--list', action='store_true', help='run nothing, show all')
    parser.add_argument(
        '--rows', nargs='+', help='run only rows or columns whose name has such a part'
    )
    parser.add_argument('--seeds', nargs='+', type=int, help="else the table's own")
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/reproduce'))
    parser.add_argument('--results', type=Path, default=Path('results'))
    parser.add_argument('--papers', type=Path, default=PAPERS, help='folder of tables')
    args = parser.parse_args()
    if not (args.tables or args.list):
        parser.error('name a table, or use --list')
    return args


def main() -> None:
    """Run the tables, or list them."""
    args = parse_args()
    with told_errors('reproduce'):
        tables = read_tables(args.papers)
        chosen = select_tables(tables, args.tables or tables)
    if args.list:
        print(listing(chosen, args.results))
        return
    parts = [part.lower() for part in args.rows or ['']]

    def wanted(cell: Cell) -> bool:
        return any(part in cell.title.lower() for part in parts)

    failed: dict[str, str] = {}
    for table in chosen:
        folders = args.results, args.work_dir
        page, errors = reproduce(table, *folders, args.seeds, wanted)
        failed |= {f'{table.name}, {run}': error for run, error in errors.items()}
        print(f'\n{page}')
    if failed:
        lines = [f'{run}: {error}' for run, error in failed.items()]
        raise SystemExit('\n'.join(['these runs failed:', *lines]))


if __name__ == '__main__':
    main()
