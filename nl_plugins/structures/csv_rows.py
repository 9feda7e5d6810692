"""The rows of a CSV file with the line where each begins, and what parts them."""

import csv
from typing import IO, Iterable, Iterator, List, Tuple

__all__ = ['DELIMITERS', 'delimiter_of', 'numbered_rows']

DELIMITERS = (',', ';', '\t')  # spreadsheets write that of the language


def delimiter_of(file: IO[str]) -> str:
    """What parts the names in the header of a file, which is at its start."""
    header = file.readline()
    file.seek(0)
    return max(DELIMITERS, key=header.count)


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
