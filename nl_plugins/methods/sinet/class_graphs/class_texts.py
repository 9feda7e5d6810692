"""What is written about each class: glosses, a user's file, the images' texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ....formats.json_file import read_json
from ....formats.text_lines import line_error, read_lines

__all__ = ['gloss_texts', 'image_texts', 'read_descriptions']

LOOKED_AT = 4  # images for each text wanted: many have none


def gloss_texts(synsets: Sequence[Any]) -> list[list[str]]:
    """WordNet's 'Manx cat: a short-haired tailless breed of cat ...'."""
    names = [synset.lemma_names()[0].replace('_', ' ') for synset in synsets]
    return [[f'{name}: {each.definition()}'] for name, each in zip(names, synsets)]


def image_texts(
    dataset: Any, labels: Tensor, num_classes: int, texts_per_class: int = 20
) -> list[list[str]]:
    """The first texts, ``text`` in ``get_data_info``, of the images of each class.

    For ``texts_per_class`` of them up to four times as many images are looked at.
    """
    counts = torch.bincount(labels, minlength=num_classes).tolist()
    texts: list[list[str]] = [[] for _ in counts]
    for found, rows in zip(texts, labels.argsort(stable=True).split(counts)):
        for row in rows[: LOOKED_AT * texts_per_class].tolist():
            text = str(dataset.get_data_info(row).get('text') or '').strip()
            found += [text] if text else []
            if len(found) == texts_per_class:
                break
    return texts


def read_descriptions(path: Path | str, classes: Sequence[str]) -> list[list[str]]:
    """Descriptions of the classes from a file of the user's, in UTF-8.

    JSON with a mapping from class to text or list of texts, if the suffix is ``.json``;
    otherwise a line per text, ``class<TAB>text``.

    Raises:
        ValueError: Naming file and line or class, if one has no text or is unknown.
        FileNotFoundError: If there is no such file.
    """
    path = str(path)
    texts = (_from_json if path.lower().endswith('.json') else _from_lines)(path)
    missing = [name for name in classes if name not in texts]
    unknown = texts.keys() - set(classes)
    for names, what in ((missing, 'describes no'), (unknown, 'describes the unknown')):
        if names:
            more = f' and {len(names) - 1} more' if len(names) > 1 else ''
            raise ValueError(f'{path} {what} class {min(names)!r}{more}')
    return [texts[name] for name in classes]


def _from_lines(path: str) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for row, line in enumerate(read_lines(path)):
        if line.strip():
            name, _, text = (part.strip() for part in line.decode().partition('\t'))
            if not text:
                raise line_error(path, row, 'not `class<TAB>text`')
            texts.setdefault(name, []).append(text)
    return texts


def _from_json(path: str) -> dict[str, list[str]]:
    loaded = read_json(path)
    if not isinstance(loaded, dict):
        raise ValueError(f'{path} holds no mapping from classes to texts')
    texts = {name: t if isinstance(t, list) else [t] for name, t in loaded.items()}
    for name, own in texts.items():
        if not all(isinstance(text, str) and text.strip() for text in own):
            raise ValueError(f'{path}: class {name!r} has something else than texts')
    return texts
