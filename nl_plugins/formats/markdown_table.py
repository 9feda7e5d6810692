"""Tables in Markdown, which a terminal shows as well."""

from collections.abc import Collection, Iterable, Sequence

__all__ = ['markdown_table']


def markdown_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[str] = ()
) -> str:
    r"""The lines of a table; a cell is one line, and may hold a ``|``.

    Args:
        header: The names of the columns.
        rows: As many texts each.
        numbers: The columns that are aligned to the right.

    >>> print(markdown_table(['method', 'top-1'], [['a|b', '0.7']], ['top-1']))
    | method | top-1 |
    | --- | ---: |
    | a\|b | 0.7 |
    """
    lines = ['---:' if name in numbers else '---' for name in header]
    cells = ([_cell(text) for text in row] for row in (header, lines, *rows))
    return '\n'.join(f'| {" | ".join(row)} |' for row in cells)


def _cell(text: str) -> str:
    return ' '.join(text.splitlines()).replace('|', r'\|')
