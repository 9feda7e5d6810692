"""What the reference makes of docstrings that are written for pytest and readers."""

import re

from griffe import Extension

EXAMPLE = re.compile(r'^>>> (?:.+\n?)+', re.MULTILINE)
TABLE = re.compile(r'^=+(?: +=+)+\n(?:.+\n?)+', re.MULTILINE)
LITERAL = re.compile(r'::$', re.MULTILINE)


class Docstrings(Extension):
    """Examples and tables become code blocks, ``::`` before such a block ``:``."""

    def on_object(self, *, obj, **kwargs):
        """Change the text of what is described."""
        if obj.docstring is not None:
            text = LITERAL.sub(':', obj.docstring.value)
            for kind, found in (('pycon', EXAMPLE), ('text', TABLE)):
                block = f'```{kind}\n%s\n```\n'
                text = found.sub(lambda m, to=block: to % m[0].rstrip(), text)
            obj.docstring.value = text
