r"""File names that are no UTF-8, in files that are.

Python keeps a byte that it cannot decode as a lone surrogate, such as ``\udcfc`` for
0xFC, which no UTF-8 file can hold.
"""

import re

__all__ = ['escaped', 'unescaped']

_CODE = r'u(dc[89a-f][0-9a-f]|005c)'
_AMBIGUOUS = re.compile(rf'\\(?={_CODE})')
_SURROGATE = re.compile('[\udc80-\udcff]')
_ESCAPED = re.compile(rf'\\{_CODE}')


def escaped(text: str) -> str:
    r"""The text with lone surrogates as ``\udcfc``; :func:`unescaped` reverses it.

    >>> import os
    >>> print(escaped(os.fsdecode(b'gr\xfcn.jpg')))
    gr\udcfcn.jpg
    """
    if '\\' in text:
        text = _AMBIGUOUS.sub(r'\\u005c', text)
    if text.isascii():
        return text
    return _SURROGATE.sub(lambda found: rf'\u{ord(found[0]):04x}', text)


def unescaped(text: str) -> str:
    r"""What was :func:`escaped`.

    >>> import os
    >>> os.fsencode(unescaped(r'gr\udcfcn.jpg'))
    b'gr\xfcn.jpg'
    """
    if '\\u' not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
