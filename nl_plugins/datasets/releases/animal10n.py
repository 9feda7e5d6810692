"""ANIMAL-10N: ten animals that people mistake for each other, pair by pair."""

import re
from typing import Any

import numpy as np
from mmengine.fileio import isdir, join_path, list_dir_or_file
from mmpretrain.registry import DATASETS

from ..column_dataset import ColumnDataset
from ..sample_columns import SampleColumns
from ..string_column import StringColumn

__all__ = ['ANIMAL10N']

_CLASSES = 'cat lynx wolf coyote cheetah jaguar chimpanzee orangutan hamster'
_FOLDERS = dict(train='training', test='testing')
_IMAGE = re.compile(r'([0-9])_.+', re.ASCII | re.DOTALL)


@DATASETS.register_module()
class ANIMAL10N(ColumnDataset):
    """ANIMAL-10N (Song et al., ICML 2019), the released archive unpacked.

    In ``data_root`` lie the folders ``training`` (50,000 images of 64 x 64; about 8 %
    of their labels are wrong) and ``testing`` (5,000). An image's name begins with its
    label, ``<label>_<id>.jpg``. Images come in the order of their names. Hidden files
    and folders are passed over, and so are other files, which :attr:`notes` tells.

    Args:
        split: ``'train'`` or ``'test'``.
        **kwargs: As in :class:`ColumnDataset`.

    Raises:
        FileNotFoundError: If the folder is missing.
        ValueError: Naming a JPEG file whose name has no label; or if there is none.

    >>> ANIMAL10N('data/animal10n', 'test', lazy_init=True).metainfo['classes'][-1]
    'guinea pig'
    """

    METAINFO = dict(classes=(*_CLASSES.split(), 'guinea pig'))
    SPLITS = tuple(_FOLDERS)
    PUBLISHED_COUNTS = dict(train=50_000, test=5_000)

    def __init__(
        self, data_root: str = '', split: str = 'train', **kwargs: Any
    ) -> None:
        super().__init__(data_root=data_root, split=split, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The images of the folder."""
        folder = join_path(self.img_prefix, _FOLDERS[self.split])
        if not isdir(folder):
            found = _other_release(self.img_prefix)
            raise FileNotFoundError(f'ANIMAL10N needs the folder {folder!r}{found}')
        names = sorted(list_dir_or_file(folder, list_dir=False))
        images = [name for name in names if name.lower().endswith(('.jpg', '.jpeg'))]
        if not images and (found := _other_release(folder)):
            raise ValueError(f'no file in {folder!r} is named <label>_<id>.jpg{found}')
        if len(images) < len(names):
            others = sorted(set(names) - set(images))
            self.note(
                f'{len(others)} files in {folder!r} are no JPEG files by their names, '
                f'the first is {others[0]!r}: left out'
            )
        labels = [_label(folder, name) for name in images]
        paths = StringColumn.from_strings(f'{_FOLDERS[self.split]}/{x}' for x in images)
        return SampleColumns(paths, np.array(labels, dtype=np.int32))


def _other_release(folder: str) -> str:
    """What ANIMAL-10N in another form is, and what to do with it; '' if not there."""
    if not isdir(folder):
        return ''
    if any(name.endswith('.bin') for name in list_dir_or_file(folder, list_dir=False)):
        advice = 'get the archive of JPEG files (raw_image.zip)'
        return f': {folder!r} holds the release in .bin files, {advice} instead'
    if folders := sorted(list_dir_or_file(folder, list_file=False)):
        advice = f'ImageLabels with data_root={folder!r} and the list of classes'
        return f': if folders such as {folders[0]!r} are the classes, use {advice}'
    return ''


def _label(folder: str, name: str) -> int:
    if not (found := _IMAGE.fullmatch(name)):
        raise ValueError(
            f'{name!r} in {folder!r} does not begin with a label: expected '
            '<label>_<id>.jpg with a label from 0 to 9'
        )
    return int(found[1])
