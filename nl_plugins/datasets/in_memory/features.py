"""A dataset of features that a network made before."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.fileio import join_path
from mmpretrain.registry import DATASETS

from ...checks import check_choice
from ...formats.feature_file import FeatureFile
from ..class_names import check_class_names
from ..column_base import ColumnBase
from ..columns import columns_of
from ..sample_columns import SampleColumns
from ..string_column import StringColumn
from .rows_in_file import rows_in_file

__all__ = ['Features']


@DATASETS.register_module()
class Features(ColumnBase):
    """The samples of a feature file: (d,) float32 vectors in place of images.

    The samples have the names, labels and columns of the data set that was extracted,
    so that wrappers, hooks, losses and label files work as they do on its images. The
    file is mapped into memory: it may be larger, and a sample is read in microseconds.

    Args:
        file: The folder that ``tools/extract.py`` wrote.
        view: ``'first'``, that of the test pipeline, or ``'random'``: one of all views,
            drawn anew each time from NumPy's global generator.
        labels: ``'given'``, or ``'true'``: the true labels in their place, which all
            have to be known. For a bound, and to plant noise with ``NoisyLabels``.
        dataset: Config of (or a built) dataset of images, which gives its samples and
            all their columns in place of those of the file, such as another label set.
            Each is found in the file by its path.
        data_prefix: Folder of the images, for pictures; by default where they were.
        pipeline: By default, :class:`PickView` and PackInputs.
        **kwargs: As in :class:`mmpretrain.datasets.BaseDataset`; ``indices`` are chosen
            last.

    Attributes:
        feature_file: What was read.

    Raises:
        FileNotFoundError: If there is no feature file.
        ValueError: If the file is damaged, labels are missing, or a sample of
            ``dataset`` is not in it.

    >>> Features('/no/such/folder')
    Traceback (most recent call last):
        ...
    FileNotFoundError: /no/such/folder is no feature file of tools/extract.py: ...
    """

    _rows: np.ndarray

    def __init__(
        self,
        file: str,
        view: str = 'first',
        labels: str = 'given',
        dataset: Any = None,
        data_prefix: str | None = None,
        pipeline: Sequence | None = None,
        lazy_init: bool = False,
        **kwargs: Any,
    ) -> None:
        self.view = check_choice('view', view, ('first', 'random'))
        self.labels = check_choice('labels', labels, ('given', 'true'))
        self.feature_file = FeatureFile(file)
        self._inner = DATASETS.build(dataset) if isinstance(dataset, dict) else dataset
        if data_prefix is None:
            data_prefix = self.feature_file.about.get('folder', '')
        if pipeline is None:
            pipeline = [dict(type='PickView', view=view), dict(type='PackInputs')]
        super().__init__(
            ann_file='',
            data_prefix=data_prefix,
            pipeline=pipeline,
            lazy_init=True,
            **kwargs,
        )
        self._describe()
        if not lazy_init:
            self.full_init()

    def load_columns(self) -> SampleColumns:
        """The samples of the file, or those of the dataset that are in it."""
        file = self.feature_file
        self._rows = np.arange(len(file))
        columns = SampleColumns(StringColumn(*file.names), **file.columns)
        if self._inner is not None:
            columns = self._columns_inside()
        else:
            prefix = join_path(self.img_prefix, '_')[:-1] if self.img_prefix else ''
            columns = columns.replace(paths=columns.paths.with_prefix(prefix))
        if self.labels == 'given':
            return columns
        unknown = np.flatnonzero(columns.true_labels < 0)
        if unknown.size:
            where = f'sample {unknown[0]} of {len(columns)}'
            raise ValueError(f"labels='true', but that of {where} is unknown")
        return columns.replace(labels=columns.true_labels)

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        return [f'Feature file: \t{self.feature_file.path}', f'View: \t{self.view}']

    def _annotation(self, columns: SampleColumns, row: int) -> dict:
        info = super()._annotation(columns, row)
        info['features'] = self.feature_file.features[:, self._rows[row]]
        return info

    def _take(self, rows: np.ndarray) -> None:
        super()._take(rows)
        self._rows = self._rows[rows]

    def _describe(self) -> None:
        """What a checkpoint will tell of its data."""
        classes = self.feature_file.classes
        if classes:
            self._metainfo.setdefault('classes', tuple(classes))
        self._metainfo['features'] = dict(self.feature_file.identity)

    def _columns_inside(self) -> SampleColumns:
        """The columns of the dataset; a ValueError if a sample is not in the file."""
        classes = self.feature_file.classes
        check_class_names({'the feature file': classes, 'dataset': self._inner})
        columns = columns_of(self._inner)
        self._rows = rows_in_file(self.feature_file, columns.paths, '`dataset`')
        return columns
