"""AliProducts: 2.5 million product images from the web in 50,030 classes."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.fileio import exists, join_path
from mmpretrain.registry import DATASETS

from ...formats.json_file import read_json
from ...formats.text_lines import line_error
from ..column_dataset import ColumnDataset
from ..sample_columns import SampleColumns
from ..string_column import StringColumn
from .annotation_lines import repeated_rows

__all__ = ['AliProducts', 'read_product_tree']

_CLASS = re.compile('[0-9]{1,9}', re.ASCII)
_DEEPEST = 20  # branches of a tree


@DATASETS.register_module()
class AliProducts(ColumnDataset):
    """AliProducts (Cheng et al., ECCV 2020), as released for the challenge of 2020.

    In ``data_root`` lie ``train.json``, ``val.json``, ``product_tree.json`` and the
    images, ``train/00001/1849756.jpg`` in class 1.

    Both spellings of the lists are read: ``{"images": [{"image_id": "1849756.jpg",
    "class_id": "00001"}]}``, as released, and ``{"annotations": [{"fpath":
    "/train/00001/1849756.jpg", "category_id": 1}]}``, which is also in use. A name
    without a folder is in that of its split and class.

    The names of the 50,030 classes are their ids, ``'00000'`` to ``'50029'``. If there
    is a ``product_tree.json``, ``metainfo`` has it as ``tree``: see
    :func:`read_product_tree`.

    Args:
        split: ``'train'`` (2.5 M images, labels of the query, noisy) or ``'val'``
            (148 k, from people); the test split has no labels.
        **kwargs: As in :class:`ColumnDataset`.

    Raises:
        FileNotFoundError: If a list is missing.
        ValueError: Naming the file and an entry that is malformed, has no class, or has
            another than an earlier one of its image.

    >>> AliProducts('data/aliproducts', 'val', lazy_init=True).metainfo['classes'][-1]
    '50029'
    """

    METAINFO = dict(classes=tuple(f'{label:05d}' for label in range(50_030)))
    SPLITS = ('train', 'val')

    def __init__(
        self, data_root: str = '', split: str = 'train', **kwargs: Any
    ) -> None:
        super().__init__(data_root=data_root, split=split, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The samples of the split, and the tree."""
        tree = join_path(self.data_root, 'product_tree.json')
        if exists(tree, backend_args=self.backend_args):
            classes = self.METAINFO['classes']
            found = read_product_tree(tree, classes, self.backend_args)
            self._metainfo.setdefault('tree', found)
        path = join_path(self.data_root, f'{self.split}.json')
        entries = read_json(path, self.backend_args)
        if isinstance(entries, dict):
            entries = entries.get('images', entries.get('annotations'))
        if not isinstance(entries, list) or not entries:
            raise ValueError(f"{path} holds no list 'images' (or 'annotations')")
        samples = []
        for row, entry in enumerate(entries):
            try:
                samples.append(self._sample(entry))
            except ValueError as error:
                raise line_error(path, row, str(error), unit='entry') from error
        names, labels = zip(*samples)
        repeats = repeated_rows(path, names, labels, unit='entry')
        self.note_repeats(path, len(repeats), 'entries')
        columns = SampleColumns(StringColumn.from_strings(names), np.array(labels))
        return columns.take(np.delete(np.arange(len(names)), repeats))

    def _sample(self, entry: Any) -> tuple[bytes, int]:
        """The path of an image and its label."""
        values = entry if isinstance(entry, dict) else {}
        name = values.get('image_id', values.get('fpath'))
        label: Any = values.get('class_id', values.get('category_id'))
        if not isinstance(name, str) or not name or type(label) not in (int, str):
            raise ValueError('expected an object with an image_id and a class_id')
        classes = self.METAINFO['classes']
        code = int(label) if _CLASS.fullmatch(f'{label}') else len(classes)
        if code >= len(classes):
            raise ValueError(f'{label!r} is no class (0 to {len(classes) - 1})')
        if '/' not in name:
            name = f'{self.split}/{classes[code]}/{name}'
        try:
            return name.lstrip('/').encode(), code
        except UnicodeEncodeError:
            raise ValueError(f'{name!r} is no name of a file') from None


def read_product_tree(
    path: str, classes: Sequence[str], backend_args: dict | None = None
) -> dict[str, Any]:
    """Nested JSON objects whose innermost values list classes, as tuples of names.

    AliProducts' has four levels: ``{"level1_node1": {"level2_node1": {"level3_node1":
    ["00000", "00001"]}}}``. A class may also be its number; not all need be there. A
    ValueError names the file and the branch, if it is no such tree, a leaf is no class,
    or a class is in two places.
    """
    names = dict(zip(classes, classes)) | dict(enumerate(classes))
    places: dict[str, str] = {}

    def branch(part: Any, place: str, depth: int) -> Any:
        if isinstance(part, list):
            return tuple(leaf(name, place) for name in part)
        if not isinstance(part, dict) or depth > _DEEPEST:
            message = f'{place!r} is no list of classes and no object of branches'
            raise ValueError(f'{path}: {message}')
        return {x: branch(y, f'{place}/{x}', depth + 1) for x, y in part.items()}

    def leaf(value: Any, place: str) -> str:
        name = names.get(value) if type(value) in (int, str) else None
        if name is None:
            raise ValueError(f'{path}: {value!r} in {place!r} is no class')
        if name in places:
            message = f'class {name!r} is in {places[name]!r} and in {place!r}'
            raise ValueError(f'{path}: {message}')
        places[name] = place
        return name

    tree = read_json(path, backend_args)
    if not isinstance(tree, dict):
        raise ValueError(f'{path}: expected an object of branches')
    return branch(tree, '', 0)
