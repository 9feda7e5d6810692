"""The label noise layer (Xiao et al., CVPR 2015)."""

from mmpretrain.registry import MODELS
from torch import Tensor

from ...functional import estimate_confusion, noise_posterior, noise_types
from ...functional.confusion import check_confusion
from .noise_matrix import NoiseMatrix

__all__ = ['NoiseLayerHead']


@MODELS.register_module()
class NoiseLayerHead(NoiseMatrix):
    """Infers true label and noise type from two networks and the noisy label.

    §3 and Fig. 5: a label is noise free, random, or confused with the true one by the
    matrix C, and the noise type depends on the image. C is kept unchanged, because
    learning it with the rest has trivial solutions (§3.2).

    Args:
        num_classes, confusion: L and C, see :class:`NoiseMatrix`.

    >>> import torch
    >>> layer = NoiseLayerHead(2, confusion=[[0, 1], [1, 0]])
    >>> scores, types = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, -9, 0.0]])
    >>> q_y, q_z = layer.posterior(scores, types, torch.tensor([1]))
    >>> q_z.argmax(dim=1)  # the label is wrong, and not at random
    tensor([2])
    """

    needs_types = True
    check = staticmethod(check_confusion)
    estimator = staticmethod(estimate_confusion)

    def types(self, true_labels: Tensor, noisy_labels: Tensor) -> Tensor:
        """(N,) int64, the optimal noise types of samples with both labels."""
        return noise_types(true_labels, noisy_labels, self.matrix())

    def posterior(
        self, class_scores: Tensor, type_scores: Tensor, noisy_labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Eq. 5, see :func:`~nl_plugins.functional.noise_posterior`; no gradient."""
        return noise_posterior(class_scores, type_scores, noisy_labels, self.matrix())
