"""The part of a pipeline that changes from epoch to epoch, on whole batches."""

from typing import Any, List, Optional, Sequence

import numpy as np
import torch
from mmpretrain.datasets.transforms import PackInputs
from mmpretrain.structures.utils import format_label
from torch import Tensor

from .batch_transforms import BatchTransform, batch_transforms
from .light_sample import LightSample

__all__ = ['BatchPipeline', 'batch_pipeline']

_PLAIN = (str, int, float, bool, type(None), np.generic)


class BatchPipeline:
    """Random transforms and PackInputs on rows of an array of images.

    Args:
        transforms: Of ``batch_transforms``.
        meta_keys: What the samples carry besides their label.
        images: (N, H, W) or (N, H, W, C) uint8.
        infos: N dicts, what is known of the images; of plain immutable values where
            ``meta_keys`` name them.
        labels: (N, 1) int64.
    """

    def __init__(
        self,
        transforms: Sequence[BatchTransform],
        meta_keys: Sequence[str],
        images: np.ndarray,
        infos: Sequence[dict],
        labels: Tensor,
    ) -> None:
        self.transforms = transforms
        self.meta_keys = meta_keys
        self.images = images
        self.infos = infos
        self.labels = labels

    def __call__(self, rows: Sequence[int]) -> List[dict]:
        """The packed samples: the images are views of one tensor, the rest is new."""
        rows = list(rows)
        images: Any = self.images[rows]
        infos = [dict(self.infos[row]) for row in rows]
        for transform in self.transforms:
            images = transform(images, infos)
        if isinstance(images, list):
            inputs: Any = map(list, zip(*map(_unbound, images)))
        else:
            inputs = _unbound(images)
        labels = self.labels[rows].unbind()
        return [self._packed(*parts) for parts in zip(inputs, infos, labels)]

    def _packed(self, image: Any, info: dict, label: Tensor) -> dict:
        """What PackInputs makes."""
        meta = {key: info[key] for key in self.meta_keys if key in info}
        return dict(inputs=image, data_samples=LightSample.with_label(label, meta))


def batch_pipeline(
    transforms: Sequence[Any], images: np.ndarray, infos: Sequence[dict]
) -> Optional[BatchPipeline]:
    """The same pipeline for batches; None if a part of it has to run on single images.

    Every transform must be one that :func:`batch_transforms` knows, and the last one
    a PackInputs that packs images with one label each.
    """
    if not transforms or type(transforms[-1]) is not PackInputs:
        return None
    pack = transforms[-1]
    batched = batch_transforms(transforms[:-1])
    if batched is None:
        return None
    if pack.input_key != 'img' or 'img' in pack.meta_keys or pack.algorithm_keys:
        return None
    labels = _single_labels(infos)
    if labels is None or not all(_is_plain(info, pack.meta_keys) for info in infos):
        return None
    return BatchPipeline(batched, pack.meta_keys, images, infos, labels)


def _single_labels(infos: Sequence[dict]) -> Optional[Tensor]:
    labels = []
    for info in infos:
        if 'gt_label' not in info or 'gt_score' in info or 'mask' in info:
            return None
        label = format_label(info['gt_label'])
        if label.shape != (1,) or label.dtype != torch.int64:
            return None
        labels.append(label)
    return torch.stack(labels)


def _is_plain(info: dict, keys: Sequence[str]) -> bool:
    """Whether the values can be given to many samples without a copy."""
    for key in keys:
        value = info.get(key)
        parts = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(part, _PLAIN) for part in parts):
            return False
    return True


def _unbound(images: np.ndarray) -> Sequence[Tensor]:
    """(C, H, W) views, one for each image."""
    batch = torch.from_numpy(images)
    channels = batch[:, None] if batch.ndim == 3 else batch.permute(0, 3, 1, 2)
    return channels.contiguous().unbind()
