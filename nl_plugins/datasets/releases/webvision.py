"""WebVision: millions of web images found by searching for WordNet's concepts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.fileio import exists, isdir, join_path
from mmpretrain.registry import DATASETS

from ...checks import check_choice, check_choices
from ..column_dataset import ColumnDataset
from ..sample_columns import SampleColumns
from ..string_column import StringColumn
from .annotation_lines import first_existing, read_image_list, repeated_rows
from .json_texts import JsonTexts, read_texts
from .synset_files import read_queries, read_synsets

__all__ = ['WebVision']

_NUM_CLASSES = {'1.0': 1000, '2.0': 5000}
_SOURCES = ('google', 'flickr')
_VAL_FOLDERS = ('val_images_256', 'val_images_resized')
_QUERIES = ('queries.txt', *(f'queries_{source}.txt' for source in _SOURCES))


@DATASETS.register_module()
class WebVision(ColumnDataset):
    """WebVision 1.0 and 2.0 (Li et al., 2017), as released.

    In ``data_root`` lie the folder ``info`` and the images: ``google/`` and
    ``flickr/``, as the lists name them, and ``val_images_256/`` (or
    ``val_images_resized/``). ``val_filelist.txt`` may also lie in ``data_root``.

    ``metainfo`` has the ``classes`` and ``wordnet_ids`` of ``info/synsets.txt`` and, if
    ``info/queries_synsets_map.txt`` is there, as ``descriptions`` the queries that
    found the images of each class.

    Args:
        split: ``'train'`` (2.4 M or, in 2.0, 16 M images; labels of the query, noisy)
            or ``'val'`` (50 k in 1.0; from people). The test split has no labels.
        version: ``'1.0'`` (1,000 classes) or ``'2.0'`` (5,000).
        sources: Searches whose images to take for training.
        num_classes: How many of the classes, the first ones, to take. 50 with
            ``sources=('google',)`` is mini-WebVision (Jiang et al., ICML 2018).
        with_text: Whether samples of ``train`` carry ``text`` (see :class:`JsonTexts`),
            from ``google_json/`` and ``flickr_json/`` (or ``meta/google/`` and
            ``meta/flickr/``). None where a file is missing, which :attr:`notes` tells.
        **kwargs: As in :class:`ColumnDataset`.

    Raises:
        FileNotFoundError: If a list, or every JSON file, is missing.
        ValueError: Naming the file and line, if one is malformed or contradicts
            another, a file is empty, or the classes are not those of the version.

    >>> mini = dict(type='WebVision', sources=['google'], num_classes=50)
    >>> DATASETS.build(dict(mini, split='val', lazy_init=True)).PUBLISHED_COUNTS
    {'val': 2500}
    """

    SPLITS = ('train', 'val')

    def __init__(
        self,
        data_root: str = '',
        split: str = 'train',
        version: str = '1.0',
        sources: Sequence[str] = _SOURCES,
        num_classes: int | None = None,
        with_text: bool = False,
        **kwargs: Any,
    ) -> None:
        self.version = check_choice('version', version, tuple(_NUM_CLASSES))
        self.sources = check_choices('sources', sources, _SOURCES)
        if not sources or len(set(sources)) < len(sources):
            raise ValueError(
                f'sources must list one or all of {list(_SOURCES)}, but is {sources!r}'
            )
        most = _NUM_CLASSES[version]
        self.num_classes = most if num_classes is None else num_classes
        if self.num_classes not in range(1, most + 1):
            raise ValueError(
                f'WebVision {version} has {most} classes, not {num_classes=}'
            )
        self.with_text = with_text
        if version == '1.0':
            self.PUBLISHED_COUNTS = dict(val=50 * self.num_classes)
        super().__init__(data_root=data_root, split=split, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The samples of the split, and the classes."""
        self._read_classes()
        if self.split == 'val':
            name = 'val_filelist.txt'
            places = self._info(name), join_path(self.data_root, name)
            path = first_existing(places, 'WebVision needs it', self.backend_args)
            paths, labels, _ = self._read_list(path)
            return SampleColumns(paths.with_prefix(self._val_folder()), labels)
        lists = [self._info(f'train_filelist_{source}.txt') for source in self.sources]
        paths, labels, kept = zip(*map(self._read_list, lists))
        text = self._read_texts(kept) if self.with_text else None
        return SampleColumns(
            StringColumn.concat(paths), np.concatenate(labels), text=text
        )

    def _read_classes(self) -> None:
        path, expected = self._info('synsets.txt'), _NUM_CLASSES[self.version]
        args = self.backend_args
        wordnet_ids, names = read_synsets(path, args)
        if len(names) != expected:
            raise ValueError(
                f'{path} has {len(names)} classes, but WebVision {self.version} has '
                f'{expected}: set `version`, or unpack the info.tar of this version'
            )
        found: dict[str, tuple] = dict(classes=names, wordnet_ids=wordnet_ids)
        synset_map = self._info('queries_synsets_map.txt')
        if exists(synset_map, args):
            lists = [each for each in map(self._info, _QUERIES) if exists(each, args)]
            found['descriptions'] = read_queries(lists, synset_map, expected, args)
        for name, values in found.items():
            self._metainfo.setdefault(name, values[: self.num_classes])

    def _read_list(self, path: str) -> tuple[StringColumn, np.ndarray, np.ndarray]:
        """The paths and labels of the chosen classes, and which lines these are."""
        self.image_lists.append(path)
        most = _NUM_CLASSES[self.version]
        paths, labels = read_image_list(path, most, self.backend_args)
        repeats = repeated_rows(path, paths, labels)
        self.note_repeats(path, repeats.size)
        kept = labels < self.num_classes
        kept[repeats] = False
        if not kept.all():
            paths, labels = paths.take(np.flatnonzero(kept)), labels[kept]
        return paths, labels, kept

    def _read_texts(self, kept: Sequence[np.ndarray]) -> JsonTexts:
        """The texts of the lines that were kept of each list."""
        parts = []
        for source, lines in zip(self.sources, kept):
            path = self._info(f'train_meta_list_{source}.txt')
            texts = read_texts(path, self.data_root, source, self.backend_args)
            if len(texts) != len(lines):
                raise ValueError(
                    f'{path} has {len(texts)} lines, but train_filelist_{source}.txt '
                    f'has {len(lines)}: line i of one belongs to line i of the other'
                )
            parts.append(texts.take(np.flatnonzero(lines)))
        texts = JsonTexts.concat(parts)
        missing = texts.missing_rows().size
        if missing:
            message = f'{missing} of {len(texts)} texts are missing'
            if missing == len(texts):
                raise FileNotFoundError(
                    f'{message}: unpack the JSON files into google_json/ and '
                    f'flickr_json/ in {self.data_root!r}, or set with_text=False'
                )
            self.note(f'{message}, as their JSON files are not there')
        return texts

    def _val_folder(self) -> str:
        there = (x for x in _VAL_FOLDERS if isdir(join_path(self.img_prefix, x)))
        return f'{next(there, _VAL_FOLDERS[0])}/'

    def _info(self, name: str) -> str:
        return join_path(self.data_root, 'info', name)
