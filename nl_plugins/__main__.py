"""Run a tool of an installed package: ``python -m nl_plugins train CONFIG ...``.

Several processes: ``torchrun --nproc_per_node=4 -m nl_plugins train CONFIG
--launcher pytorch``.
"""

import runpy
import sys
from pathlib import Path

TOOLS = Path(__file__).parent / '.mim' / 'tools'


def main() -> None:
    """Run the named tool with the rest of the command line."""
    names = sorted(path.stem for path in TOOLS.glob('*.py'))
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        raise SystemExit(f'usage: python -m nl_plugins {{{",".join(names)}}} ...')
    tool = TOOLS / f'{sys.argv[1]}.py'
    sys.argv[:2] = [str(tool)]
    runpy.run_path(str(tool), run_name='__main__')


if __name__ == '__main__':
    main()
