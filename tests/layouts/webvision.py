"""A small WebVision 1.0 or 2.0 in the layout of the releases.

The first class was searched for by two queries. The JSON files have entries whose
images nobody has, so that no entry is the row of its image. Two classes have one name.
2.0 numbers queries with five digits and classes in the map from 0, has one list of
queries, and its validation list lies beside ``info``.
"""

import json
from pathlib import Path

from .images import write_image

NUM_CLASSES = {'1.0': 1000, '2.0': 5000}
LABELS = [0, 0, 0, 1, 2, 49, 50, 51, 999]  # of each source, sorted by query
VAL_LABELS = [3, 0, 999, 1, 49, 50, 2, 0]
_NAMES = {0: 'tench, Tinca tinca', 1: 'goldfish, Carassius auratus'}


def synset(label: int) -> str:
    return f'n{1440764 + 7 * label:08d}'


def class_name(label: int) -> str:
    return 'crane' if label in (134, 517) else _NAMES.get(label, f'thing {label}, x')


def queries(label: int) -> tuple[str, ...]:
    """The text of the queries of a class."""
    if label == 0:
        return 'tench', 'Tinca tinca fish'
    return (f'{class_name(label).partition(",")[0]} photo',)


def _rows(source: str, version: str) -> list[tuple[str, int, str, int]]:
    """The path, label, JSON file and entry of each image of a source."""
    digits = 4 if version == '1.0' else 5
    rows = []
    for row, label in enumerate(LABELS):
        query = label + 2 if label or row else 1
        folder = f'{source}/q{query:0{digits}d}'
        rows.append((f'{folder}/{source[0]}-{row}_.jpg', label, f'{folder}.json', row))
    return [(path, label, file, 2 + row % 3) for path, label, file, row in rows]


def samples(source: str, version: str = '1.0') -> list[tuple[str, int, str]]:
    """The path, label and text of each training image."""
    return [
        (path, label, text(file, entry))
        for path, label, file, entry in _rows(source, version)
    ]


def val_samples(version: str = '1.0') -> list[tuple[str, int]]:
    folder = 'val_images_256' if version == '1.0' else 'val_images_resized'
    return [(f'{folder}/{_val_name(i)}', y) for i, y in enumerate(VAL_LABELS)]


def text(file: str, entry: int) -> str:
    """What the dataset should make of an entry."""
    return '\n'.join(part for part in _entry(file, entry).values() if part)


def _entry(file: str, entry: int) -> dict[str, str]:
    parts = dict(title=f'<b>"{file}" & {entry}</b>', description='', tags='')
    if entry % 2:
        parts['description'] = f'Größe,\n日本 {entry}'
    if file.startswith('flickr'):
        parts['tags'] = f'fish, {entry}'
    return parts


def _json_entry(file: str, entry: int) -> dict:
    content = {'id': f'{file}{entry}', **_entry(file, entry)}
    if content['tags']:
        content['tags'] = content['tags'].split(', ')
    else:
        del content['tags']
    if not content['description']:
        del content['description']
    return content


def _val_name(row: int) -> str:
    return f'val{row + 1:06d}.jpg'


def write_webvision(root: Path, version: str = '1.0', images: bool = True) -> Path:
    """Write it, with the JSON files."""
    info = root / 'info'
    info.mkdir(parents=True)
    _write_classes(info, version)
    for source in ('google', 'flickr'):
        rows = _rows(source, version)
        for name, pairs in (
            ('filelist', [(path, label) for path, label, _, _ in rows]),
            ('meta_list', [(file, entry) for _, _, file, entry in rows]),
        ):
            _write(info / f'train_{name}_{source}.txt', (f'{a} {b}' for a, b in pairs))
        folder = root / (f'{source}_json' if version == '1.0' else f'meta/{source}')
        folder.mkdir(parents=True)
        for file in {row[2] for row in rows}:
            entries = [_json_entry(file, entry) for entry in range(1, 6)]
            path = folder / file.removeprefix(f'{source}/')
            path.write_text(json.dumps(entries))
    val = (info if version == '1.0' else root) / 'val_filelist.txt'
    _write(val, (f'{_val_name(i)} {label}' for i, label in enumerate(VAL_LABELS)))
    named = samples('google', version) + samples('flickr', version)
    paths = [path for path, *_ in [*named, *val_samples(version)]]
    for number, path in enumerate(paths if images else ()):
        write_image(root / path, number)
    return root


def _write_classes(info: Path, version: str) -> None:
    first = version == '1.0'
    classes = range(NUM_CLASSES[version])
    _write(info / 'synsets.txt', (f'{synset(i)} {class_name(i)}' for i in classes))
    texts = [(label, text) for label in classes for text in queries(label)]
    numbered = list(enumerate(texts, 1))
    for name in ['queries_google', 'queries_flickr'] if first else ['queries']:
        _write(info / f'{name}.txt', (f'{i} {text}' for i, (_, text) in numbered))
    pairs = (f'{i} {label + first}' for i, (label, _) in numbered)
    _write(info / 'queries_synsets_map.txt', pairs)


def _write(path: Path, lines) -> None:
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
