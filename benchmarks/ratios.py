"""What a benchmark measured beside something else in the same run.

``make bench`` collects it: it names the file in ``NL_BENCH``.
"""

import json
import os
from pathlib import Path


def record(what: str, seconds: float, beside: str, other: float) -> None:
    """The seconds of a thing, and the ``other`` ones of what it is ``beside``.

    What it is beside is the bare arithmetic, a peer or the plain way.
    """
    if name := os.environ.get('NL_BENCH'):
        row = dict(what=what, seconds=seconds, beside=beside, other=other)
        with Path(name).open('a', encoding='utf-8') as file:
            file.write(json.dumps(row) + '\n')
