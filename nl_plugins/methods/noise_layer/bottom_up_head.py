"""The bottom-up noise model (Sukhbaatar & Fergus 2014), as Xiao et al. compare it."""

from functools import partial

from mmpretrain.registry import MODELS
from torch import Tensor

from ...functional import bottom_up_posterior, label_confusion
from ...functional.noise_posterior import check_label_confusion
from .noise_matrix import NoiseMatrix

__all__ = ['BottomUpHead']


@MODELS.register_module()
class BottomUpHead(NoiseMatrix):
    """Infers the true label from one network and the noisy label.

    A noisy label depends on nothing but the true label, by the confusion matrix Q of
    Fig. 6. Training with the posterior as the target has the gradient of the linear
    layer that the authors put on top of the softmax
    (:func:`~nl_plugins.functional.bottom_up_posterior`). As in Xiao et al., Q is
    estimated from the samples with both labels and kept.

    Args:
        num_classes, confusion: L and Q, see :class:`NoiseMatrix`.
        prior: See :func:`~nl_plugins.functional.label_confusion`. Departs from the
            paper, whose 0 makes labels impossible that few clean samples do not show.

    >>> import torch
    >>> layer = BottomUpHead(2, confusion=[[0.8, 0.2], [0.2, 0.8]])
    >>> q_y, _ = layer.posterior(torch.zeros(1, 2), None, torch.tensor([1]))
    >>> q_y.tolist()[0]
    [0.2..., 0.8...]
    """

    needs_types = False
    check = staticmethod(check_label_confusion)

    def __init__(self, *args, prior: float = 1.0, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.estimator = partial(label_confusion, prior=prior)

    def posterior(
        self, class_scores: Tensor, type_scores: None, noisy_labels: Tensor
    ) -> tuple[Tensor, None]:
        """(B, L) posterior of the true label, without gradient, and None."""
        return bottom_up_posterior(class_scores, noisy_labels, self.matrix()), None
