"""A classifier whose training loss has further terms."""

from typing import Any

import torch
from mmengine.dist import all_reduce
from mmengine.model import ModuleList
from mmpretrain.models import ClsHead, ImageClassifier
from mmpretrain.registry import MODELS
from torch import Tensor

from .soft_targets import loss_modules
from .start_checks import check_model
from .term_batch import TermBatch

__all__ = ['NoisyLabelClassifier']


@MODELS.register_module()
class NoisyLabelClassifier(ImageClassifier):
    """Trains with the supervised loss plus the losses of a list of terms.

    The targets of the supervised loss are the labels, or what supervision hooks and
    then the terms make of them. An image whose target vector is constant (zero) has no
    label: MMPretrain's heads divide the loss by all N images of a batch, which is
    corrected to the M with a label, over all ranks (Ding et al. 2018, Eq. 2). Terms
    count in training mode only. Predictions, parameters and their names are those of
    the plain classifier.

    Args:
        terms: Configs of :class:`Term` modules.
        noise: Config of a module, such as GaussianNoise, that perturbs the inputs of
            training passes while a term is active.
        data_preprocessor: By default :class:`MultiViewDataPreprocessor`.
        *args, **kwargs: As for ImageClassifier.

    Raises:
        ValueError: If the head uses no single vector of logits, or images would mix;
            in the first step if a term sees targets and the loss takes no vectors.

    >>> model = MODELS.build(dict(
    ...     type='NoisyLabelClassifier',
    ...     backbone=dict(type='FullyConnected', in_channels=64),
    ...     head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
    ...     terms=[dict(type='PiConsistency'), dict(type='TemporalEnsembling')],
    ... ))
    >>> [name for name, _ in model.named_parameters()][-2:]
    ['head.fc.weight', 'head.fc.bias']
    """

    any_head = False
    """Whether any head will do while there is no term."""

    def __init__(
        self,
        *args,
        terms: Any = (),
        noise: dict | None = None,
        data_preprocessor: Any = None,
        **kwargs,
    ) -> None:
        if not isinstance(data_preprocessor, torch.nn.Module):
            data_preprocessor = dict(data_preprocessor or {})
            data_preprocessor.setdefault('type', 'MultiViewDataPreprocessor')
        super().__init__(*args, data_preprocessor=data_preprocessor, **kwargs)
        self.terms = ModuleList([MODELS.build(term) for term in terms])
        self.noise = torch.nn.Identity() if noise is None else MODELS.build(noise)
        self._checked: list[torch.nn.Module] = []
        self._check_unmixed()
        kind = type(self.head)
        plain = issubclass(kind, ClsHead) and kind.loss is ClsHead.loss
        if not plain and (self.terms or not self.any_head):
            raise ValueError(
                f'{kind.__name__} does not compute its loss from one vector of logits '
                'as ClsHead does: use LinearClsHead or the like'
            )

    def loss(self, inputs: Tensor | list, data_samples: list) -> dict:
        """The supervised ``loss`` and what the active terms add.

        Of values of the same name the later one ends in the number of its term. The
        inputs are (N, C, H, W) or a list of two such views; the N samples have
        ``gt_label`` or ``gt_score``.
        """
        self._check_unmixed()
        views = inputs if isinstance(inputs, list) else [inputs]
        if len(views) > 2:
            raise ValueError(f'the pipeline makes {len(views)} views: it needs two')
        terms = [t for t in enumerate(self.terms) if self.training and t[1].active]
        first = self.noise(views[0]) if terms else views[0]
        feats = self.extract_feat(first)
        batch = TermBatch(self, views, data_samples, first, feats)
        for _, term in terms:
            if term.sees_targets:
                self.check_targets(batch.logits.size(1))
            term.before_supervised(batch)
        losses = self.supervised(batch)
        for number, term in terms:
            for name, value in term.losses(batch).items():
                name = f'{name}_{number}' if name in losses else name
                losses[name] = term.scale * value if 'loss' in name else value
        return losses

    def check_targets(self, num_classes: int) -> None:
        """Check once that target vectors train the head, see ``check_model``."""
        losses = loss_modules(self)
        if losses != self._checked:
            check_model(self, num_classes)
            self._checked = losses

    @staticmethod
    def check_augments(augments: Any) -> None:
        """Raise ValueError if this is a batch augmentation (Mixup, CutMix)."""
        if augments is not None:
            raise ValueError(
                'images must not be mixed, for views are compared and labels inferred '
                'image by image: remove `train_cfg` (Mixup, CutMix) from the model, '
                'and `batch_augments` from the schedule of SwitchRecipeHook'
            )

    def _check_unmixed(self) -> None:
        self.check_augments(getattr(self.data_preprocessor, 'batch_augments', None))

    def supervised(self, batch: TermBatch) -> dict[str, Tensor]:
        """The ``loss`` of the targets, and what else the head gives."""
        losses = self.head._get_loss(batch.logits, batch.samples)
        if 'gt_score' in batch.samples[0]:
            losses['loss'] = losses['loss'] * _all_over_labelled(batch)
        return losses

    def stochastic_probs(self, inputs: Tensor) -> Tensor:
        """(N, K) float32 softmax outputs of another perturbed pass."""
        return self.head(self.extract_feat(self.noise(inputs))).float().softmax(dim=1)


def _all_over_labelled(batch: TermBatch) -> Tensor:
    """N / M over the batches of all ranks; 0 where nothing is labelled."""
    share = batch.labelled.float().mean()
    all_reduce(share, 'mean')
    return torch.where(share > 0, 1 / share, 0)
