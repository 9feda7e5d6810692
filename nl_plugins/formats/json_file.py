"""Read a JSON file that may hold anything."""

import json
from typing import Any

from mmengine.fileio import get

__all__ = ['read_json']


def read_json(path: str, backend_args: dict | None = None) -> Any:
    """What a JSON file on any backend of MMEngine holds; it may begin with a BOM.

    A ValueError names the file and, where that can be told, the line if it is no JSON.
    """
    content = get(path, backend_args=backend_args)
    try:
        return json.loads(content.decode('utf-8-sig'))
    except (ValueError, RecursionError) as error:
        raise ValueError(f'{path} is no JSON: {error}') from error
