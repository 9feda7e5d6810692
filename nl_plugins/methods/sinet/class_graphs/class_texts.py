"""What is written about each class: glosses, a user's file, the images' texts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

__all__ = ['gloss_texts', 'image_texts', 'name_texts', 'read_descriptions']

ROWS_A_TEXT = 4  # rows looked at for each text wanted: many images have none


def name_texts(classes: Sequence[str]) -> list[list[str]]:
    """The names themselves, as words."""
    return [[str(name).replace('_', ' ')] for name in classes]


def gloss_texts(synsets: Sequence[Any]) -> list[list[str]]:
    """WordNet's 'Manx cat: a short-haired tailless breed of cat ...'."""
    return [
        [f'{synset.lemma_names()[0].replace("_", " ")}: {synset.definition()}']
        for synset in synsets
    ]


def image_texts(
    dataset, labels: Tensor, num_classes: int, texts_per_class: int = 20
) -> list[list[str]]:
    """The first texts that the images of each class come with.

    Args:
        dataset: Its ``get_data_info`` has the key ``text`` where an image has one.
        labels: (N,) int64, the given labels of its samples.
        num_classes: C.
        texts_per_class: At most; up to four times as many images are looked at.
    """
    order = labels.argsort(stable=True)
    counts = torch.bincount(labels, minlength=num_classes).tolist()
    texts = []
    for rows in order.split(counts):
        found: list[str] = []
        for row in rows[: ROWS_A_TEXT * texts_per_class].tolist():
            text = str(dataset.get_data_info(row).get('text') or '').strip()
            found += [text] if text else []
            if len(found) == texts_per_class:
                break
        texts.append(found)
    return texts


def read_descriptions(path: Path | str, classes: Sequence[str]) -> list[list[str]]:
    """Descriptions of the classes from a file of the user's.

    Args:
        path: JSON with a mapping from class to text or list of texts, if the suffix is
            ``.json``; otherwise a line a text, ``class<TAB>text``, in UTF-8.
        classes: The C names.

    Raises:
        ValueError: Naming file and line or class, if something is missing, no text, or
            about another class.
        FileNotFoundError: If there is no such file.
    """
    path = Path(path)
    try:
        content = path.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is not UTF-8: {error}') from error
    read = _from_json if path.suffix.lower() == '.json' else _from_lines
    texts = read(path, content)
    strange = [name for name in texts if name not in set(classes)]
    missing = [name for name in classes if name not in texts]
    for names, what in ((missing, 'describes no'), (strange, 'describes the unknown')):
        if names:
            raise ValueError(
                f'{path} {what} class {names[0]!r}'
                + (f' and {len(names) - 1} more' if len(names) > 1 else '')
            )
    return [texts[name] for name in classes]


def _from_lines(path: Path, content: str) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for number, line in enumerate(content.split('\n'), 1):
        if not line.strip():
            continue
        name, tab, text = line.rstrip('\r').partition('\t')
        if not tab or not text.strip():
            raise ValueError(f'{path}, line {number}: not `class<TAB>text`')
        texts.setdefault(name.strip(), []).append(text.strip())
    return texts


def _from_json(path: Path, content: str) -> dict[str, list[str]]:
    try:
        loaded = json.loads(content)
    except ValueError as error:
        raise ValueError(f'{path} is no JSON: {error}') from error
    if not isinstance(loaded, dict):
        raise ValueError(f'{path} holds no mapping from classes to texts')
    texts = {}
    for name, text in loaded.items():
        own = [text] if isinstance(text, str) else text
        if not isinstance(own, list) or not all(
            isinstance(each, str) and each.strip() for each in own
        ):
            raise ValueError(f'{path}: class {name!r} has something else than texts')
        texts[name] = own
    return texts
