"""The images of a dataset as one array, after what every epoch does alike to them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dataset import Compose

from ..sample_name import sample_name

__all__ = ['load_images']


def load_images(
    dataset: Any, transforms: Sequence[Any], memory_limit: int
) -> tuple[np.ndarray, list[dict]]:
    """Run the deterministic transforms on every sample.

    Returns:
        (N, H, W) or (N, H, W, C) uint8, and N dicts of what else the transforms made.

    Raises:
        ValueError: If the images are not uint8 arrays of one shape (naming the sample),
            would take more than ``memory_limit`` bytes, or there are none.
        RuntimeError: Naming the sample, if an image cannot be loaded.
    """
    if not len(dataset):
        raise ValueError('the dataset inside InMemory has no samples')
    load, infos = Compose(transforms), []
    for index in range(len(dataset)):
        info = _loaded(load, dataset, index)
        image = info.pop('img', None)
        if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
            kind = getattr(image, 'dtype', type(image).__name__)
            raise ValueError(
                f'{_name(dataset, index)} has {kind} where InMemory needs uint8, '
                'after the deterministic start of its pipeline, '
                f'{[type(t).__name__ for t in transforms]}'
            )
        if index == 0:
            size = len(dataset) * image.nbytes
            if size > memory_limit:
                raise ValueError(
                    f'{len(dataset)} images of shape {image.shape} take {size} bytes, '
                    f'more than {memory_limit=}: raise it, or use the dataset without '
                    'InMemory'
                )
            images = np.empty((len(dataset), *image.shape), np.uint8)
        elif image.shape != images.shape[1:]:
            raise ValueError(
                f'{_name(dataset, index)} has the shape {image.shape}, sample 0 has '
                f'{images.shape[1:]}: InMemory needs images of one size; begin the '
                'pipeline with Resize'
            )
        images[index] = image
        infos.append(info)
    return images, infos


def _loaded(load: Compose, dataset: Any, index: int) -> dict:
    try:
        info = load(dataset.get_data_info(index))
    except Exception as error:
        name = _name(dataset, index)
        raise RuntimeError(f'{name} cannot be loaded: {error}') from error
    if info is None:
        raise RuntimeError(f'{_name(dataset, index)} cannot be loaded')
    return info


def _name(dataset: Any, index: int) -> str:
    return sample_name(index, dataset.get_data_info(index).get('img_path'))
