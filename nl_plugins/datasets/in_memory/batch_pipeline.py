"""Random transforms of MMCV and MMPretrain, and PackInputs, on whole batches of images.

A batch transform takes images ((B, H, W) or (B, H, W, C) uint8, which it may change)
and B dicts, into which it writes what it did to each, and returns the new images. It
draws from NumPy's global generator with the distribution of the stock transform, but
for the whole batch, so the same seed gives other images.
"""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from mmpretrain.datasets.transforms import MultiView, PackInputs, RandomCrop, RandomFlip
from mmpretrain.structures import DataSample
from torch import Tensor

__all__ = ['batch_pipeline', 'batch_transforms']

BatchTransform = Callable[[np.ndarray, list[dict]], Any]

_CONSTANT = (int, float, bool, str, tuple, type(None))
_AXES = dict(horizontal=(2,), vertical=(1,), diagonal=(1, 2))


def batch_pipeline(
    stock: Sequence[Any], images: np.ndarray, infos: Sequence[dict]
) -> Callable[[Sequence[int]], list[dict]] | None:
    """From indices to packed samples; None if the transforms have no batched form.

    PackInputs of ``img`` must be the last of the stock transforms. ``images`` are
    (N, H, W) or (N, H, W, C) uint8, ``infos`` what is known of them.
    """
    transforms = batch_transforms(stock[:-1])
    if transforms is None or not stock or not _packs_once(stock[-1]):
        return None
    return _PackedBatches(transforms, stock[-1], images, infos)


def _packs_once(pack: Any) -> bool:
    """Whether its data sample is the same, but for meta keys, each time."""
    if type(pack) is not PackInputs or pack.input_key != 'img':
        return False
    keys = {'img', 'img_shape', 'flip', 'flip_direction'}
    return keys.isdisjoint(pack.algorithm_keys) and 'img' not in pack.meta_keys


def batch_transforms(stock: Sequence[Any]) -> list[BatchTransform] | None:
    """The same transforms for batches; None if one of them has no such form."""
    if MultiView in map(type, stock[:-1]) or not all(map(_has_batched_form, stock)):
        return None
    return [partial(_BATCHED[type(transform)], transform) for transform in stock]


def _has_batched_form(stock: Any) -> bool:
    if type(stock) is RandomCrop:
        simple = stock.padding is None or isinstance(stock.padding, int)
        return simple and not stock.pad_if_needed and stock.pad_val == 0
    if type(stock) is RandomFlip:
        return isinstance(stock.prob, float) and isinstance(stock.direction, str)
    if type(stock) is MultiView:
        steps = [step for view in stock.transforms for step in view.transforms]
        return MultiView not in map(type, steps) and all(map(_has_batched_form, steps))
    return False


class _PackedBatches:
    """From indices to what PackInputs makes of the images.

    It packs each sample once, without its image; a batch gets copies.
    """

    def __init__(
        self,
        transforms: Sequence[BatchTransform],
        pack: PackInputs,
        images: np.ndarray,
        infos: Sequence[dict],
    ) -> None:
        self.transforms, self.pack = transforms, pack
        self.images, self.infos = images, infos
        self._packed: list[DataSample | None] = [None] * len(infos)

    def __call__(self, indices: Sequence[int]) -> list[dict]:
        images: Any = self.images[list(indices)]
        changes: list[dict] = [{} for _ in indices]
        for transform in self.transforms:
            images = transform(images, changes)
        views = images if isinstance(images, list) else [images]
        inputs: Any = zip(*map(_channels_first, views))
        inputs = map(list, inputs) if views is images else (one for (one,) in inputs)
        samples = [self._sample(*each) for each in zip(indices, changes)]
        return [dict(inputs=i, data_samples=s) for i, s in zip(inputs, samples)]

    def _sample(self, index: int, changes: dict) -> DataSample:
        packed = self._packed[index]
        if packed is None:
            packed = self.pack(copy.deepcopy(self.infos[index]))['data_samples']
            self._packed[index] = packed
        sample = _copy(packed)
        for key, value in changes.items():
            if key in self.pack.meta_keys:
                sample.set_field(value, key, field_type='metainfo')
        return sample


def _channels_first(images: np.ndarray) -> Tensor:
    """(B, C, H, W) of images (B, H, W) or (B, H, W, C)."""
    if images.ndim == 3:
        images = images[..., None]
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()


def _copy(sample: DataSample) -> DataSample:
    """What ``copy.deepcopy`` makes of a sample, in a tenth of the time."""
    copied = object.__new__(type(sample))
    for name, value in vars(sample).items():
        if isinstance(value, Tensor):
            value = value.clone()
        elif isinstance(value, set):  # the names of its fields
            value = value.copy()
        elif type(value) not in _CONSTANT:
            value = copy.deepcopy(value)
        vars(copied)[name] = value
    return copied


def _crop(stock: RandomCrop, images: np.ndarray, changes: list[dict]) -> np.ndarray:
    """Pad the images with black and cut a random part out of each."""
    if stock.padding is not None:
        if images.shape[3:] == (1,):  # OpenCV, which the stock transform pads with,
            images = images[..., 0]  # drops a single channel's axis
        margins = ((0, 0), *[(stock.padding, stock.padding)] * 2, (0, 0))
        images = np.pad(images, margins[: images.ndim])
    count, height, width = images.shape[:3]
    crop_h, crop_w = min(height, stock.crop_size[0]), min(width, stock.crop_size[1])
    tops = np.random.randint(0, height - crop_h + 1, count)
    lefts = np.random.randint(0, width - crop_w + 1, count)
    cropped = np.empty((count, crop_h, crop_w, *images.shape[3:]), images.dtype)
    for i, (top, left) in enumerate(zip(tops.tolist(), lefts.tolist())):
        cropped[i] = images[i, top : top + crop_h, left : left + crop_w]
    for change in changes:
        change['img_shape'] = cropped.shape[1:]
    return cropped


def _flip(stock: RandomFlip, images: np.ndarray, changes: list[dict]) -> np.ndarray:
    """Flip some of the images."""
    flips = np.random.random(len(images)) < stock.prob
    images[flips] = np.flip(images[flips], _AXES[stock.direction])
    for change, flip in zip(changes, flips.tolist()):
        change.update(flip=flip, flip_direction=stock.direction if flip else None)
    return images


def _views(
    stock: MultiView, images: np.ndarray, changes: list[dict]
) -> list[np.ndarray]:
    """One batch per view; as in MultiView, what is done to a view is not told."""
    batches = []
    for pipeline in stock.transforms:
        view, of_view = images.copy(), [dict(change) for change in changes]
        for transform in batch_transforms(pipeline.transforms) or ():
            view = transform(view, of_view)
        batches.append(view)
    return batches


_BATCHED: dict[type, Any] = {RandomCrop: _crop, RandomFlip: _flip, MultiView: _views}
