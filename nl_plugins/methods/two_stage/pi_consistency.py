"""The Pi-model's term (Ding, Wang, Fan, Gong; WACV 2018)."""

from mmpretrain.registry import MODELS
from torch import Tensor

from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['PiConsistency']


@MODELS.register_module()
class PiConsistency(Term):
    r"""The network must predict the same for two views of an image, Eq. 1 and 2.

    Adds :math:`\frac\alpha N \sum_i \|z^1_i - z^2_i\|_2^2` over a batch of N images,
    labelled or not. :math:`z^2` is the prediction of another pass, with gradient, over
    the second view of the pipeline (``MultiView``) or, without one, over the same
    image; noise and dropout make the difference. :class:`TemporalEnsembling` and
    :class:`MeanTeacher` take it from elsewhere.

    Args:
        consistency: Config of the consistency loss, whose weight is alpha; by default
            :class:`ConsistencyLoss`.
        **schedule: See :class:`Term`. The paper keeps alpha fixed on large data and
            ramps it up and down, as Laine & Aila (2017) do, on MNIST and CIFAR-10.

    >>> term = MODELS.build(dict(type='PiConsistency', start_epoch=11, ramp_up=5))
    >>> [round(term.scale_at(epoch, last=30), 3) for epoch in (10, 11, 13, 16)]
    [0.0, 0.007, 0.165, 1.0]
    """

    def __init__(self, consistency: dict | None = None, **schedule) -> None:
        super().__init__(**schedule)
        self.consistency = MODELS.build(consistency or dict(type='ConsistencyLoss'))

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """The consistency of the first prediction with the second."""
        second = self.second_prediction(batch)
        return dict(loss_consistency=self.consistency(batch.probs, second))

    def second_prediction(self, batch: TermBatch) -> Tensor:
        """(B, K) probabilities to compare with."""
        return batch.model.stochastic_probs(batch.views[-1])
