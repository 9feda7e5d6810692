"""The rows of a CSV file with the line where each begins."""

import csv
from typing import Iterable, Iterator, List, Tuple

__all__ = ['numbered_rows']


def numbered_rows(
    lines: Iterable[str], delimiter: str = ','
) -> Iterator[Tuple[int, List[str]]]:
    """Parse rows; a quoted value may span several lines.

    Args:
        lines: Of the file, with their ends.
        delimiter: Between the values.

    Yields:
        The number of the first line of a row, from 1, and its values.

    Raises:
        ValueError: Naming the line, if its quotes are wrong.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(f'line {line}: {error}') from error
        yield line, row
