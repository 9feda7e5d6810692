"""Run a command: ``nl-plugins train CONFIG ...`` or ``python -m nl_plugins train ...``.

Several processes: ``torchrun --nproc_per_node=4 -m nl_plugins train CONFIG
--launcher pytorch``.
"""

import runpy
import sys

from .command_line import tool_path


def main() -> None:
    """Run the named command with the rest of the command line."""
    tool = tool_path(sys.argv[1:])
    sys.argv[:2] = [str(tool)]
    runpy.run_path(str(tool), run_name='__main__')


if __name__ == '__main__':
    main()
