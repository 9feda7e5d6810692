"""The rows of a CSV file: written, and read with the line where each begins."""

import csv
from typing import IO, Any, Iterable, Iterator, List, Sequence, Tuple

__all__ = ['DELIMITERS', 'delimiter_of', 'numbered_rows', 'write_rows']

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


def write_rows(file: IO[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows, each ended by a line feed; :func:`numbered_rows` reads them back."""
    writer = csv.writer(_LineFeeds(file), lineterminator='\r\n')
    writer.writerows(rows)


class _LineFeeds:
    """A file that ends lines by a line feed alone.

    The writer is told otherwise: only what ends lines is sure to be quoted in a value.
    """

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def write(self, line: str) -> None:
        """Write a line that ends in a carriage return and a line feed."""
        self.file.write(line[:-2] + '\n')
