"""Show text from the web as it is: Matplotlib must not interpret or break it."""

import unicodedata
from collections.abc import Iterable

__all__ = ['plain_names', 'plain_text', 'shown_names', 'visible_text']


def plain_text(text: object, max_length: int = 60) -> str:
    r"""``str(text)`` for Matplotlib, which would read mathematics between two ``$``.

    It is escaped as in :func:`visible_text`; if longer, it is cut and ends in '…'.
    """
    shown = visible_text(text)
    if len(shown) > max_length:
        shown = shown[: max_length - 1] + '…'
    return shown.replace('$', r'\$')


def plain_names(names: Iterable[object], max_length: int) -> list[str]:
    """:func:`plain_text` of the :func:`shown_names` of classes."""
    return [plain_text(name, max_length) for name in shown_names(names)]


def shown_names(names: Iterable[object]) -> list[str]:
    """The names of classes, :func:`visible_text`; a number for one that has none.

    >>> shown_names(['cat', ' '])
    ['cat', 'class 1']
    """
    shown = map(visible_text, names)
    return [name.strip() and name or f'class {i}' for i, name in enumerate(shown)]


def visible_text(text: object) -> str:
    r"""One line; control, format and unassigned characters are escaped (``\n``)."""
    return ''.join(_visible(character) for character in str(text))


def _visible(character: str) -> str:
    # C*: control, format (such as right-to-left override), surrogate, unassigned.
    # Zl, Zp: the separators of lines and paragraphs.
    category = unicodedata.category(character)
    if category[0] == 'C' or category in ('Zl', 'Zp'):
        return character.encode('unicode_escape').decode()
    return character
