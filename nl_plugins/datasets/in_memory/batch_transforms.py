"""Random transforms of MMCV and MMPretrain on a whole batch of images at once.

A batch transform takes images ((B, H, W) or (B, H, W, C) uint8) and the B dicts of
what is known of them, which it updates, and returns the new images. It draws from
NumPy's global generator, as the stock transforms do, with the same distribution;
its draws come batch by batch, so the same seed gives other images.
"""

from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np
from mmpretrain.datasets.transforms import MultiView, RandomCrop, RandomFlip

__all__ = ['BatchTransform', 'batch_transforms']

BatchTransform = Callable[[Any, List[dict]], Any]

_AXES = dict(horizontal=(2,), vertical=(1,), diagonal=(1, 2))


def batch_transforms(stock: Sequence[Any]) -> Optional[List[BatchTransform]]:
    """The same transforms for batches; None where one has no such form."""
    transforms: List[BatchTransform] = []
    for transform in stock:
        make = _BATCHED.get(type(transform))
        batched = None if make is None else make(transform)
        if batched is None or (transforms and isinstance(transforms[-1], BatchViews)):
            return None
        transforms.append(batched)
    return transforms


class BatchCrop:
    """:class:`mmpretrain.datasets.transforms.RandomCrop` with black padding."""

    def __init__(self, stock: RandomCrop) -> None:
        self.crop_size = stock.crop_size
        self.padding = stock.padding

    def __call__(self, images: np.ndarray, infos: List[dict]) -> np.ndarray:
        """Pad the images and cut a random part out of each."""
        if self.padding is not None:
            images = _padded(images, self.padding)
        count, height, width = images.shape[:3]
        crop_h, crop_w = min(height, self.crop_size[0]), min(width, self.crop_size[1])
        tops = np.random.randint(0, height - crop_h + 1, count)
        lefts = np.random.randint(0, width - crop_w + 1, count)
        cropped = np.empty((count, crop_h, crop_w, *images.shape[3:]), images.dtype)
        for i, (top, left) in enumerate(zip(tops.tolist(), lefts.tolist())):
            cropped[i] = images[i, top : top + crop_h, left : left + crop_w]
        for info in infos:
            info['img_shape'] = cropped.shape[1:]
        return cropped


class BatchFlip:
    """:class:`mmcv.transforms.RandomFlip` in one direction."""

    def __init__(self, stock: RandomFlip) -> None:
        self.probability = stock.prob
        self.direction = stock.direction

    def __call__(self, images: np.ndarray, infos: List[dict]) -> np.ndarray:
        """Flip some of the images."""
        flips = np.random.random(len(images)) < self.probability
        images[flips] = np.flip(images[flips], _AXES[self.direction])
        for info, flip in zip(infos, flips.tolist()):
            info['flip'] = flip
            info['flip_direction'] = self.direction if flip else None
        return images


class BatchViews:
    """:class:`mmpretrain.datasets.transforms.MultiView`: a list of image batches."""

    def __init__(self, views: List[List[BatchTransform]]) -> None:
        self.views = views

    def __call__(self, images: np.ndarray, infos: List[dict]) -> List[np.ndarray]:
        """Make the views; as in MultiView, what is known of them stays inside."""
        batches = []
        for transforms in self.views:
            view, view_infos = images.copy(), [dict(info) for info in infos]
            for transform in transforms:
                view = transform(view, view_infos)
            batches.append(view)
        return batches


def _crop(stock: RandomCrop) -> Optional[BatchCrop]:
    simple = stock.padding is None or isinstance(stock.padding, int)
    black = not stock.pad_if_needed and stock.pad_val == 0
    return BatchCrop(stock) if simple and black else None


def _flip(stock: RandomFlip) -> Optional[BatchFlip]:
    known = isinstance(stock.prob, float) and isinstance(stock.direction, str)
    return BatchFlip(stock) if known else None


def _views(stock: MultiView) -> Optional[BatchViews]:
    views = []
    for pipeline in stock.transforms:
        transforms = batch_transforms(pipeline.transforms)
        if transforms is None or any(isinstance(t, BatchViews) for t in transforms):
            return None
        views.append(transforms)
    return BatchViews(views)


_BATCHED: Dict[type, Callable[[Any], Optional[BatchTransform]]] = {
    RandomCrop: _crop,
    RandomFlip: _flip,
    MultiView: _views,
}


def _padded(images: np.ndarray, padding: int) -> np.ndarray:
    if images.shape[3:] == (1,):  # OpenCV, which the stock transform pads with,
        images = images[..., 0]  # drops a single channel's axis
    count, height, width = images.shape[:3]
    shape = (count, height + 2 * padding, width + 2 * padding, *images.shape[3:])
    padded = np.zeros(shape, images.dtype)
    padded[:, padding : padding + height, padding : padding + width] = images
    return padded
