"""What the reference makes of docstrings that are written for pytest and readers."""

import re

from griffe import Extension

EXAMPLE = re.compile(r'^>>> (?:.+\n?)+', re.MULTILINE)
LITERAL = re.compile(r'::$', re.MULTILINE)


class Docstrings(Extension):
    """Examples become code blocks; ``::`` before an indented block becomes ``:``."""

    def on_object(self, *, obj, **kwargs):
        """Change the text of what is described."""
        if obj.docstring is not None:
            text = LITERAL.sub(':', obj.docstring.value)
            fenced = EXAMPLE.sub(lambda m: f'```pycon\n{m[0].rstrip()}\n```\n', text)
            obj.docstring.value = fenced
