"""Stage 2 of the two-stage method (Ding, Wang, Fan, Gong; WACV 2018)."""

from typing import Any

from mmpretrain.registry import MODELS

from ...supervision.noisy_label_classifier import NoisyLabelClassifier

__all__ = ['PiModelClassifier']


@MODELS.register_module()
class PiModelClassifier(NoisyLabelClassifier):
    r"""A ``NoisyLabelClassifier`` with the term :class:`PiConsistency`.

    Eq. 2 over a batch of N images of which M have a label:

    .. math::
        -\frac1M \sum_j \log z_j[y_j] + \frac\alpha N \sum_i \|z^1_i - z^2_i\|_2^2

    Args:
        consistency, start_epoch, ramp_up, ramp_down: See :class:`PiConsistency`.
        terms: Configs of further terms.
        *args, **kwargs: See :class:`NoisyLabelClassifier`.

    >>> model = MODELS.build(dict(
    ...     type='PiModelClassifier',
    ...     backbone=dict(type='FullyConnected', in_channels=64),
    ...     head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
    ...     consistency=dict(type='ConsistencyLoss', loss_weight=20.0),
    ...     noise=dict(type='GaussianNoise', std=0.15),
    ... ))
    >>> [type(term).__name__ for term in model.terms]
    ['PiConsistency']
    """

    def __init__(
        self,
        *args,
        consistency: dict | None = None,
        start_epoch: int = 1,
        ramp_up: int = 0,
        ramp_down: int = 0,
        terms: Any = (),
        **kwargs,
    ) -> None:
        pi: dict = dict(type='PiConsistency', consistency=consistency)
        pi.update(start_epoch=start_epoch, ramp_up=ramp_up, ramp_down=ramp_down)
        super().__init__(*args, terms=[pi, *terms], **kwargs)
