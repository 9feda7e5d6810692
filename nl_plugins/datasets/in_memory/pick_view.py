"""The first step of a pipeline of features."""

import numpy as np
from mmpretrain.registry import TRANSFORMS

from ...checks import check_choice

__all__ = ['PickView']


@TRANSFORMS.register_module()
class PickView:
    """Makes the (d,) float32 ``img`` of the (V, d) ``features`` of a sample.

    Args:
        view: ``'first'``, or ``'random'``: drawn from NumPy's global generator.

    >>> step = TRANSFORMS.build(dict(type='PickView'))
    >>> step(dict(features=np.array([[1, 2], [5, 6]], np.float16)))['img']
    array([1., 2.], dtype=float32)
    """

    def __init__(self, view: str = 'first') -> None:
        self.view = check_choice('view', view, ('first', 'random'))

    def __call__(self, info: dict) -> dict:
        """Pick one."""
        features = info['features']
        random = self.view == 'random'
        view = np.random.randint(len(features)) if random else 0
        return dict(info, img=features[view].astype(np.float32))

    def __repr__(self) -> str:
        return f'PickView(view={self.view!r})'
