"""Random transforms of MMCV and MMPretrain, and PackInputs, on whole batches of images.

A batch transform takes images ((B, H, W) or (B, H, W, C) uint8, which it may change)
and the B dicts of what is known of them, which it updates, and returns the new images.
It draws from NumPy's global generator with the distribution of the stock transform, but
for the whole batch, so the same seed gives other images.
"""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from mmpretrain.datasets.transforms import MultiView, PackInputs, RandomCrop, RandomFlip

__all__ = ['batch_pipeline', 'batch_transforms']

BatchTransform = Callable[[np.ndarray, list[dict]], Any]

_AXES = dict(horizontal=(2,), vertical=(1,), diagonal=(1, 2))


def batch_pipeline(
    stock: Sequence[Any], images: np.ndarray, infos: Sequence[dict]
) -> Callable[[Sequence[int]], list[dict]] | None:
    """From indices to packed samples; None if the transforms have no batched form.

    PackInputs must be the last of the stock transforms. ``images`` are (N, H, W) or
    (N, H, W, C) uint8, ``infos`` what is known of them.
    """
    transforms = batch_transforms(stock[:-1])
    if transforms is None or not stock or type(stock[-1]) is not PackInputs:
        return None
    return partial(_packed_batch, transforms, stock[-1], images, infos)


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


def _packed_batch(
    transforms: Sequence[BatchTransform],
    pack: PackInputs,
    images: np.ndarray,
    infos: Sequence[dict],
    indices: Sequence[int],
) -> list[dict]:
    batch: Any = images[list(indices)]
    batch_infos = [copy.deepcopy(infos[index]) for index in indices]
    for transform in transforms:
        batch = transform(batch, batch_infos)
    if isinstance(batch, list):  # views
        batch = map(list, zip(*batch))
    return [pack(dict(info, img=image)) for info, image in zip(batch_infos, batch)]


def _crop(stock: RandomCrop, images: np.ndarray, infos: list[dict]) -> np.ndarray:
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
    for info in infos:
        info['img_shape'] = cropped.shape[1:]
    return cropped


def _flip(stock: RandomFlip, images: np.ndarray, infos: list[dict]) -> np.ndarray:
    """Flip some of the images."""
    flips = np.random.random(len(images)) < stock.prob
    images[flips] = np.flip(images[flips], _AXES[stock.direction])
    for info, flip in zip(infos, flips.tolist()):
        info.update(flip=flip, flip_direction=stock.direction if flip else None)
    return images


def _views(stock: MultiView, images: np.ndarray, infos: list[dict]) -> list[np.ndarray]:
    """One batch per view; as in MultiView, what is known of a view stays inside."""
    batches = []
    for pipeline in stock.transforms:
        view, view_infos = images.copy(), [dict(info) for info in infos]
        for transform in batch_transforms(pipeline.transforms) or ():
            view = transform(view, view_infos)
        batches.append(view)
    return batches


_BATCHED: dict[type, Any] = {RandomCrop: _crop, RandomFlip: _flip, MultiView: _views}
