"""Rotations as labels, to pretrain where there is no larger data set."""

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform
from mmpretrain.registry import TRANSFORMS

__all__ = ['RotateAsLabel']


@TRANSFORMS.register_module()
class RotateAsLabel(BaseTransform):
    """Turns an image by 0, 90, 180 or 270 degrees at random and makes that its label.

    Gidaris et al. 2018: a network that tells the four apart has learnt something of the
    images without their labels. Here it stands for the pretrained model of papers where
    there is none, as for the digits. Needs ``img``, square; sets ``gt_label`` (0 to 3).

    >>> turned = RotateAsLabel()(dict(img=np.eye(3)))
    >>> sorted(turned), turned['gt_label'] in range(4)
    (['gt_label', 'img'], True)
    """

    def transform(self, results: dict) -> dict[str, Any]:
        """Turn the image."""
        turns = int(np.random.randint(4))
        image = np.ascontiguousarray(np.rot90(results['img'], turns))
        return dict(results, img=image, gt_label=turns)
