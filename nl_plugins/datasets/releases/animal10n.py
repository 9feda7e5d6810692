"""ANIMAL-10N: ten animals that people mistake for each other, pair by pair."""

import re
from typing import Any

import numpy as np
from mmengine.fileio import get_file_backend
from mmpretrain.registry import DATASETS

from ..column_dataset import ColumnDataset
from ..sample_columns import SampleColumns
from ..string_column import StringColumn

__all__ = ['ANIMAL10N']

_CLASSES = (
    'cat, lynx, wolf, coyote, cheetah, jaguar, chimpanzee, orangutan, hamster, '
    'guinea pig'
)
_FOLDERS = dict(train='training', test='testing')
_IMAGE = re.compile(r'([0-9])_.+', re.ASCII | re.DOTALL)


@DATASETS.register_module()
class ANIMAL10N(ColumnDataset):
    """ANIMAL-10N (Song et al., ICML 2019), the released archive unpacked.

    In ``data_root`` lie the folders ``training`` (50,000 images of 64 x 64; about 8 %
    of their labels are wrong) and ``testing`` (5,000). The label of an image is the
    beginning of its name, ``<label>_<id>.jpg``. Images come in the order of their
    names. Hidden files and folders are passed over, and so are other files, which
    :attr:`notes` tells.

    Args:
        data_root: Folder of the data.
        split: ``'train'`` or ``'test'``.
        **kwargs: As in :class:`ColumnDataset`.

    Raises:
        FileNotFoundError: If the folder is missing.
        ValueError: Naming the file, if the name of a JPEG file begins with no label;
            or if there is none.

    >>> ANIMAL10N('data/animal10n', 'test', lazy_init=True).metainfo['classes'][-1]
    'guinea pig'
    """

    METAINFO = dict(classes=tuple(_CLASSES.split(', ')))
    SPLITS = tuple(_FOLDERS)
    PUBLISHED_COUNTS = dict(train=50_000, test=5_000)

    def __init__(
        self, data_root: str = '', split: str = 'train', **kwargs: Any
    ) -> None:
        super().__init__(data_root=data_root, split=split, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The images of the folder."""
        backend = get_file_backend(self.img_prefix, enable_singleton=True)
        folder = backend.join_path(self.img_prefix, _FOLDERS[self.split])
        if not backend.isdir(folder):
            raise FileNotFoundError(f'ANIMAL10N needs the folder {folder!r}')
        names = sorted(backend.list_dir_or_file(folder, list_dir=False))
        images = [name for name in names if name.lower().endswith(('.jpg', '.jpeg'))]
        if len(images) < len(names):
            others = sorted(set(names) - set(images))
            self.note(
                f'{len(others)} files in {folder!r} are no JPEG files by their names, '
                f'the first is {others[0]!r}: left out'
            )
        labels = [self._label(folder, name) for name in images]
        paths = StringColumn.from_strings(f'{_FOLDERS[self.split]}/{x}' for x in images)
        return SampleColumns(paths, np.array(labels, dtype=np.int32))

    def _label(self, folder: str, name: str) -> int:
        found = _IMAGE.fullmatch(name)
        if not found:
            raise ValueError(
                f'{name!r} in {folder!r} does not begin with a label: expected '
                '<label>_<id>.jpg with a label from 0 to 9'
            )
        return int(found[1])
