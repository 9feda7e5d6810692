"""Noisy labels whose noise type can be seen in the image."""

from typing import Any

import numpy as np
import torch
from mmpretrain.registry import DATASETS

from ...functional import image_noise
from ..sample_columns import SampleColumns
from .noisy_labels import NoisyLabels

__all__ = ['ImageDependentNoise']

_ODDS = (2 / 3, 1 / 3)  # of the nearest and the second nearest class


@DATASETS.register_module()
class ImageDependentNoise(NoisyLabels):
    """Plants noise-free, random and confusing labels, each in images of its kind.

    For experiments with methods that look for the noise in the image, such as the label
    noise layer. In each class the brightest images get the label of one of the two
    classes whose mean images are nearest to that of their own, two times out of three
    the nearest; the darkest get any other label; see
    :func:`~nl_plugins.functional.image_noise`. The true label is kept as
    ``true_label``, the type as ``noise_type`` (0 noise free, 1 random, 2 confusing),
    both for analysis only.

    Args:
        dataset: With three classes or more, all with images; these are in memory
            (``img``), of one size. A ValueError refuses others, and wrong shares.
        confusing: Share of each class that gets a confusing label.
        random: Share of each class that gets a random label.
        seed: Random seed of the noisy labels.
        **kwargs: As in :class:`NoisyLabels`.

    >>> dataset = ImageDependentNoise(dict(type='Digits'), confusing=0.3, random=0.1)
    >>> np.bincount(dataset.columns.noise_types).tolist()
    [863, 139, 435]
    """

    def __init__(
        self,
        dataset: Any,
        confusing: float,
        random: float,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        self.confusing, self.random = confusing, random
        super().__init__(dataset, seed=seed, keep_true_label=True, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The samples with their noisy labels and the types of the noise."""
        return super().load_columns().replace(noise_types=self._types)

    def _new_labels(self, inner: SampleColumns) -> np.ndarray:
        infos = (self.dataset.get_data_info(row) for row in range(len(self.dataset)))
        pixels = [np.ravel(info.get('img', [])) for info in infos]
        if len({image.size for image in pixels}) != 1 or not pixels[0].size:
            kind = type(self.dataset).__name__
            raise ValueError(f'the images of {kind} must be in memory and of one size')
        images = torch.from_numpy(np.stack(pixels)).double()
        labels = torch.from_numpy(inner.labels.astype(np.int64))
        classes = range(self._num_classes or int(labels.max()) + 1)
        if len(classes) < 3 or set(classes) - set(labels.tolist()):
            raise ValueError('there must be three classes or more, all with images')
        means = torch.stack([images[labels == c].mean(dim=0) for c in classes])
        nearest = torch.cdist(means, means).fill_diagonal_(torch.inf).argsort(dim=1)
        odds = torch.tensor(_ODDS, dtype=torch.float64).expand(len(means), 2)
        rivals = torch.zeros(len(means), len(means), dtype=torch.float64)
        rivals.scatter_(1, nearest[:, :2], odds)
        noisy, types = image_noise(
            images.mean(dim=1), labels, rivals, self.confusing, self.random, self.seed
        )
        self._types = types.numpy()
        return noisy.numpy()
