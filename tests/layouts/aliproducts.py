"""A small AliProducts in the layout of the release."""

import json
from pathlib import Path

from .images import write_image

TREE = {
    'level1_node1': {
        'level2_node1': {'level3_node1': ['00001', '00002'], 'level3_node2': ['50029']},
        'level2_node2': {'level3_node1': ['00007']},
    },
    'level1_node2': {'level2_node1': {'level3_node1': ['00000', '00003']}},
}
_LABELS = dict(train=[1, 1, 0, 50029, 7, 2], val=[7, 1, 0])
ENTRIES = {
    split: [
        dict(image_id=f'{1849756 + 7 * row}.jpg', class_id=f'{label:05d}')
        for row, label in enumerate(labels)
    ]
    for split, labels in _LABELS.items()
}
SAMPLES = {
    split: [
        (f'{split}/{entry["class_id"]}/{entry["image_id"]}', int(entry['class_id']))
        for entry in entries
    ]
    for split, entries in ENTRIES.items()
}


def write_aliproducts(root: Path, images: bool = True) -> Path:
    """Write it."""
    root.mkdir(parents=True, exist_ok=True)
    for split, entries in ENTRIES.items():
        (root / f'{split}.json').write_text(json.dumps(dict(images=entries)))
    (root / 'product_tree.json').write_text(json.dumps(TREE))
    for path, label in sum(SAMPLES.values(), []) if images else ():
        write_image(root / path, label)
    return root
