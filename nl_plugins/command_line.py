"""The commands, and what answers for them before anything heavy is imported."""

import ast
import difflib
import os
import runpy
import sys
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

__all__ = ['answer_early', 'commands', 'help_text', 'tool_path']

TOOLS = Path(__file__).parent / '.mim' / 'tools'
PROGRAM = 'nl-plugins'
# What mmcv-lite says at each import; nothing here uses what it lacks.
NO_OPERATORS = 'Fail to import ``MultiScaleDeformableAttention``'


def commands() -> dict[str, tuple[str, str]]:
    """From the name of each command to what it does and what it needs.

    Both stand in the first line of the tool: ``What it does: `python tools/NAME.py
    WHAT IT NEEDS`.``

    >>> commands()['find'][1]
    'IMAGES --out DIR'
    """
    found = {}
    for path in sorted(TOOLS.glob('*.py')):
        tree = ast.parse(path.read_text(encoding='utf-8'))
        line = (ast.get_docstring(tree) or '').partition('\n')[0].replace('`', '')
        does, _, call = line.rstrip('. ').partition(': python tools/')
        found[path.stem] = does, call.partition(' ')[2].rstrip('. ')
    return found


def help_text() -> str:
    """The list of commands, a line each."""
    lines = [f'usage: {PROGRAM} COMMAND ...', '']
    for name, (does, needs) in commands().items():
        lines.append(f'  {name:<14} {does}' + f': {needs}' * bool(needs))
    more = f'{PROGRAM} COMMAND --help tells all of a command; `python -m nl_plugins`'
    return '\n'.join([*lines, '', f'{more} is the same.'])


def tool_path(arguments: Sequence[str]) -> Path:
    """The file of the command that the arguments begin with.

    Raises:
        SystemExit: With the list of commands, if they begin with none.
    """
    name = arguments[0] if arguments else '--help'
    if name in ('-h', '--help', 'help'):
        print(help_text())  # noqa: T201
        raise SystemExit(0)
    path = TOOLS / f'{name}.py'
    if name.isidentifier() and path.is_file():
        return path
    near = difflib.get_close_matches(name, commands(), n=1)
    meant = f'; did you mean {near[0]}?' if near else ''
    raise SystemExit(f'{PROGRAM}: there is no command {name!r}{meant}\n\n{help_text()}')


def answer_early() -> None:
    """Answer for help and unknown commands, if this process is the command line.

    The package calls it before it imports anything else: torch and MMPretrain take
    seconds. ``doctor`` runs here as well: it says why they cannot be imported. What
    mmcv-lite warns about at every import is left out.

    Raises:
        SystemExit: With the answer, or if MMPretrain would miss a library that the
            package leaves to the environment.
    """
    program = os.path.basename(sys.argv[0]) if sys.argv else ''
    name = program.removesuffix('.exe').removesuffix('-script.py')
    if program == '-m':  # what Python says until it has found the module
        place = sys.orig_argv.index('-m') if '-m' in sys.orig_argv else 0
        if sys.orig_argv[place + 1 : place + 2] == ['nl_plugins']:
            name = PROGRAM
    if name != PROGRAM:
        return
    warnings.filterwarnings('ignore', message=NO_OPERATORS)
    tool = tool_path(sys.argv[1:])
    if tool.stem == 'doctor':
        sys.argv[:2] = [str(tool)]
        runpy.run_path(str(tool), run_name='__main__')
    missing = [name for name in ('torchvision', 'mmcv') if find_spec(name) is None]
    if missing:
        raise SystemExit(
            f'{PROGRAM}: {" and ".join(missing)} missing: `pip install '
            f"'nl-plugins[standalone]'` brings what MMPretrain needs on its own; "
            f'`{PROGRAM} doctor` tells more'
        )
