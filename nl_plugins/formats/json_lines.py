"""Tables as JSON Lines: an object on each line, as Hugging Face's metadata.jsonl."""

import json
from typing import Any

from .text_lines import line_error

__all__ = ['json_rows']


def json_rows(path: str, content: bytes) -> tuple[list[str], list]:
    """All keys in lower case, and for each row its line and a text for each key.

    Null and keys that an object lacks are empty texts, lists and objects JSON. A
    ValueError names the line that holds no object.
    """
    rows = []
    keys: dict[str, None] = {}
    for number, line in enumerate(content.split(b'\n')):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise line_error(path, number, f'no JSON: {error}') from error
        if not isinstance(row, dict):
            example = '{"file_name": "1.jpg", "label": 0}'
            raise line_error(path, number, f'expected an object, such as {example}')
        texts = {key.strip().lower(): _text(value) for key, value in row.items()}
        try:
            ''.join(texts.values()).encode('utf-8', 'surrogateescape')
        except UnicodeEncodeError as error:
            raise line_error(path, number, f'no Unicode: {error}') from error
        keys |= dict.fromkeys(texts)
        rows.append((number + 1, texts))
    return [*keys], [(line, [row.get(key, '') for key in keys]) for line, row in rows]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return '' if value is None else json.dumps(value)
