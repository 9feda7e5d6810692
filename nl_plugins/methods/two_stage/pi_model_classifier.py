"""Stage 2 of the two-stage method (Ding, Wang, Fan, Gong; WACV 2018)."""

from collections.abc import Callable
from typing import Any

import torch
from mmengine.dist import all_reduce
from mmpretrain.models import ClsHead, ImageClassifier
from mmpretrain.registry import MODELS
from torch import Tensor

__all__ = ['PiModelClassifier']


@MODELS.register_module()
class PiModelClassifier(ImageClassifier):
    r"""A classifier that must predict the same for two views of an image.

    Eq. 2 over a batch of N images of which M have a label:

    .. math::
        -\frac1M \sum_j \log z_j[y_j] + \frac\alpha N \sum_i \|z^1_i - z^2_i\|_2^2

    The labels come as MMPretrain's targets; an image whose target vector is constant
    (zero) has none. MMPretrain's heads divide by N; the quotient is mended here,
    over all ranks. Cross entropy is that of the first view.

    The second prediction :math:`z^2` is that of another pass through the same
    network, with gradient, over the second view of the pipeline (``MultiView``) or,
    without one, over the same image; noise and dropout make the difference. A hook
    can put another one in its place (:attr:`second_prediction`: temporal ensembling,
    a mean teacher) and scale or switch off the consistency loss
    (:attr:`consistency_scale`); switched off, this is a plain classifier of one
    view.

    Predictions, parameters and their names are those of the plain classifier.

    Attributes:
        consistency_scale: Factor of the consistency loss; 0 switches it off,
            together with the noise.
        second_prediction: ``f(probs, inputs, data_samples)`` that gives the (N, K)
            predictions to compare with; ``probs`` are those of the first view,
            ``inputs`` the second view. None: another pass.

    Args:
        consistency: Config of the consistency loss; its weight is alpha.
        noise: Config of a module that perturbs the inputs of the passes, such as
            GaussianNoise; None: none.
        data_preprocessor: By default :class:`MultiViewDataPreprocessor`.
        *args: As of ImageClassifier.
        **kwargs: Likewise.

    Raises:
        ValueError: If the head does not compute its loss from one vector of logits,
            or batch augmentation would mix the images.
    """

    def __init__(
        self,
        *args,
        consistency: dict | None = None,
        noise: dict | None = None,
        data_preprocessor: dict | None = None,
        **kwargs,
    ) -> None:
        if not isinstance(data_preprocessor, torch.nn.Module):
            data_preprocessor = dict(data_preprocessor or {})
            data_preprocessor.setdefault('type', 'MultiViewDataPreprocessor')
        super().__init__(*args, data_preprocessor=data_preprocessor, **kwargs)
        if getattr(self.data_preprocessor, 'batch_augments', None) is not None:
            raise ValueError(
                'Mixup, CutMix and the like mix images, so that their views could '
                'not be compared: remove `train_cfg` (batch augments) of the model'
            )
        if (
            not isinstance(self.head, ClsHead)
            or type(self.head).loss is not ClsHead.loss
        ):
            raise ValueError(
                f'{type(self.head).__name__} does not compute its loss from one vector '
                'of logits as ClsHead does: use LinearClsHead or the like'
            )
        self.consistency = MODELS.build(consistency or dict(type='ConsistencyLoss'))
        self.noise = None if noise is None else MODELS.build(noise)
        self.consistency_scale = 1.0
        self.second_prediction: Callable | None = None

    def loss(self, inputs: Tensor | list, data_samples: list) -> dict:
        """Eq. 2.

        Args:
            inputs: (N, C, H, W), or a list of two such views.
            data_samples: N, with ``gt_label`` or ``gt_score``.

        Returns:
            ``loss``, and ``loss_consistency`` unless it is switched off.
        """
        views = inputs if isinstance(inputs, list) else [inputs, inputs]
        if len(views) != 2:
            raise ValueError(f'the pipeline makes {len(views)} views: it needs two')
        if not self.consistency_scale:
            return self._supervised(self._logits(views[0]), data_samples)
        logits = self._logits(self.perturb(views[0]))
        losses = self._supervised(logits, data_samples)
        probs = logits.float().softmax(dim=1)
        second = self.second_prediction or self._second_pass
        targets = second(probs, views[1], data_samples)
        consistency = self.consistency(probs, targets)
        return dict(losses, loss_consistency=self.consistency_scale * consistency)

    def perturb(self, inputs: Tensor) -> Tensor:
        """The inputs as the network sees them in training."""
        return inputs if self.noise is None else self.noise(inputs)

    def stochastic_probs(self, inputs: Tensor) -> Tensor:
        """(N, K) float32 softmax outputs of a perturbed pass."""
        return self._logits(self.perturb(inputs)).float().softmax(dim=1)

    def _second_pass(self, probs: Tensor, inputs: Tensor, samples: list) -> Tensor:
        return self.stochastic_probs(inputs)

    def _logits(self, inputs: Tensor) -> Tensor:
        return self.head(self.extract_feat(inputs))

    def _supervised(self, logits: Tensor, samples: list) -> dict[str, Any]:
        losses = self.head._get_loss(logits, samples)
        if 'gt_score' in samples[0]:
            factor = _all_over_labelled(samples)
            losses['loss'] = losses['loss'] * factor
        return losses


def _all_over_labelled(samples: list) -> Tensor:
    """N / M over the batches of all ranks; 0 where nothing is labelled."""
    targets = torch.stack([sample.gt_score for sample in samples])
    share = (targets.amax(dim=1) > targets.amin(dim=1)).float().mean()
    all_reduce(share, 'mean')
    return torch.where(share > 0, 1 / share, 0)
