"""The scalars that a run has logged."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ['logged_scalars']


def logged_scalars(work_dir: str | Path) -> Iterator[dict]:
    r"""The records of ``vis_data/scalars.json`` of a run and of its resumed parts.

    In the order in which they were written; none for a folder without logs.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     log = Path(folder, '20261130_120000', 'vis_data', 'scalars.json')
    ...     log.parent.mkdir(parents=True)
    ...     _ = log.write_text('{"loss": 0.5, "step": 1}\n{"loss": 0.')
    ...     list(logged_scalars(folder))
    [{'loss': 0.5, 'step': 1}]
    """
    for path in sorted(Path(work_dir).glob('*/vis_data/scalars.json')):
        for line in path.read_text(encoding='utf-8').splitlines():
            with suppress(ValueError):  # the last line of a run that was killed
                yield json.loads(line)
