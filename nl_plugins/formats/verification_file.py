"""The list of images to verify: a CSV file that a person fills in."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from .csv_kinds import INERT, INTEGER, LABEL, VERIFICATION
from .csv_table import Table, read_table, write_table

__all__ = ['read_verification_file', 'write_verification_file']

_FIELDS = dict(
    sample_idx=INTEGER,
    img_path=INERT,
    given_label=LABEL,
    class_name=INERT,
    verification=VERIFICATION,
)


def write_verification_file(
    path: str | os.PathLike,
    *,
    rows: Any,
    img_paths: Sequence[str],
    given_labels: Any,
    class_names: Sequence[str],
    verification: Any = None,
) -> None:
    """Write the list of images to look at, atomically.

    It has n ``rows`` (the ``sample_idx`` of the images), ``img_paths`` as the dataset
    gives them ('' where it has none), integer ``given_labels``, their ``class_names``
    for the reader, and ``verification``, 1, 0 or -1 (left empty); None leaves all
    empty. Names that a spreadsheet would take for a formula are written after an
    apostrophe. A ValueError refuses columns that differ in length or hold other values.
    """
    answers = np.full(len(rows), -1) if verification is None else verification
    columns = (rows, img_paths, given_labels, class_names, answers)
    write_table(path, _FIELDS, dict(zip(_FIELDS, columns)))


def read_verification_file(path: str | os.PathLike) -> Table:
    """Read a file that was filled in, also by a spreadsheet.

    The columns are ``sample_idx`` (int64, each once), ``img_path``, ``given_label``
    (int64, what was verified) and ``verification`` (int8: 1 the given label is right, 0
    wrong, -1 unknown), in the order of the file.

    Raises:
        ValueError: As :func:`read_table`, and if a sample is negative or there twice.
    """
    table = read_table(path, _FIELDS, optional=['class_name'], strict=False)
    seen = set()
    for row, index in enumerate(table.columns['sample_idx'].tolist()):
        if index < 0:
            raise table.error(row, f'there is no sample {index}')
        if index in seen:
            raise table.error(row, f'sample {index} is there twice')
        seen.add(index)
    return table
