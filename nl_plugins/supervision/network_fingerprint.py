"""What tells two networks apart that make features."""

import re
from typing import Any

import torch
from mmpretrain.models.heads import ClsHead, LinearClsHead
from torch import nn

from ..formats.fingerprint import fingerprint

__all__ = ['body_fingerprint', 'network_fingerprint']

PREPROCESSING = ('to_rgb', 'pad_size_divisor', 'pad_value')


def network_fingerprint(model: Any, feature_layer: str | None = None) -> str:
    """SHA-256 over all that turns an image tensor into features: kinds and weights.

    A head that is one linear layer behind the features does not count, and neither
    does whether weights are trained.

    Args:
        model: An image classifier, without a wrapper such as DDP.
        feature_layer: As in :class:`FeatureTap`.

    >>> first, second, third = (nn.Sequential(nn.Linear(2, 2)) for _ in range(3))
    >>> _ = second.load_state_dict(first.state_dict())
    >>> prints = [network_fingerprint(model) for model in (first, second, third)]
    >>> prints[0] == prints[1], prints[0] == prints[2]
    (True, False)
    """
    head = getattr(model, 'head', None)
    behind = type(head) in (ClsHead, LinearClsHead) and feature_layer is None
    parts = _parts(model, ('head',) if behind else ())
    preprocessor: nn.Module | None = getattr(model, 'data_preprocessor', None)
    if preprocessor is not None:
        parts += [f'{key}={getattr(preprocessor, key, None)}' for key in PREPROCESSING]
        parts += [part.cpu() for _, part in sorted(preprocessor.named_buffers())]
    return fingerprint(str(feature_layer), *parts)


def body_fingerprint(model: Any) -> str:
    """SHA-256 over the kinds and weights of all that comes before the head.

    >>> first = nn.ModuleDict(dict(backbone=nn.Linear(2, 2), head=nn.Linear(2, 2)))
    >>> before = body_fingerprint(first)
    >>> _ = first['head'].weight.data.zero_()
    >>> body_fingerprint(first) == before
    True
    """
    return fingerprint(*_parts(model, ('head',)))


def _parts(model: nn.Module, without: tuple[str, ...]) -> list[Any]:
    """Kinds and weights of the modules, without some of the top level."""
    skipped = {'data_preprocessor', *without}
    parts: list[Any] = []
    for name, module in model.named_modules():
        if name.partition('.')[0] not in skipped and not any(module.children()):
            parts.append(f'{name}:{_told(module)}')
    for name, value in model.state_dict().items():
        if name.partition('.')[0] not in skipped:
            value = value.detach().cpu()
            no_numpy = value.dtype == torch.bfloat16
            parts += [name, value.float() if no_numpy else value]
    return parts


def _told(module: nn.Module) -> str:
    """Kind and settings; some versions of torch say ``bias`` of a norm, others not."""
    kind = type(module).__name__
    settings = module.extra_repr()
    if 'Norm' in kind:
        settings = re.sub(r', bias=(True|False)', '', settings)
    return f'{kind}({settings})'
