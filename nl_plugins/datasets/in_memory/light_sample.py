"""A data sample that is cheap to make and to label."""

from typing import Any

from mmpretrain.structures import DataSample
from torch import Tensor

__all__ = ['LightSample']


class LightSample(DataSample):
    """A data sample without DataSample's checks of a label that needs none.

    The preprocessor sets the label of every sample again; with the checks this costs
    a small network up to a tenth of an iteration. Pickled, as dataloader workers do
    it, and copied, it is a DataSample.
    """

    @classmethod
    def with_label(cls, gt_label: Tensor, metainfo: dict) -> 'LightSample':
        """A sample with this label ((1,) int64) and this meta information."""
        sample = cls.__new__(cls)
        sample.__dict__.update(
            metainfo,
            gt_label=gt_label,
            _metainfo_fields=set(metainfo),
            _data_fields={'gt_label'},
        )
        return sample

    def set_gt_label(self, value: Any) -> 'LightSample':
        """Set ``gt_label``."""
        if not isinstance(value, Tensor) or value.ndim != 1:
            return super().set_gt_label(value)
        self.__dict__['gt_label'] = value
        self._data_fields.add('gt_label')
        return self

    def __reduce__(self) -> tuple:
        sample = DataSample.__new__(DataSample)
        sample.__dict__.update(self.__dict__)
        return _as_it_is, (sample,)


def _as_it_is(sample: DataSample) -> DataSample:
    return sample
