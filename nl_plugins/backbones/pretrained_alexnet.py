"""MMPretrain's AlexNet, which can start from given weights."""

from copy import deepcopy

from mmpretrain.models.backbones import AlexNet
from mmpretrain.registry import MODELS

__all__ = ['PretrainedAlexNet']


@MODELS.register_module()
class PretrainedAlexNet(AlexNet):
    """AlexNet with the ``init_cfg`` that MMPretrain's lacks; the same parameters.

    torchvision's weights fit. For another number of classes the last layer is left as
    it was initialised, which the log says.

    >>> weights = dict(type='Pretrained', checkpoint='torchvision://alexnet')
    >>> config = dict(type='PretrainedAlexNet', num_classes=14, init_cfg=weights)
    >>> MODELS.build(config).init_cfg['checkpoint']  # init_weights() would load it
    'torchvision://alexnet'
    """

    def __init__(self, num_classes: int = -1, init_cfg: dict | None = None) -> None:
        super().__init__(num_classes)
        self.init_cfg = deepcopy(init_cfg)
