"""Two networks, for the class and for the noise type, joined by a noise layer."""

from typing import Any

import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_choice
from ...functional.noise_posterior import NUM_TYPES
from ...supervision.noisy_label_classifier import NoisyLabelClassifier
from ...supervision.term_batch import TermBatch
from .soft_loss import class_scores, soft_loss

__all__ = ['NoiseLayerClassifier']

PHASES = ('given', 'classes', 'types', 'joint')
TYPE_NAMES = ('noise_free', 'random_noise', 'confusing_noise')


@MODELS.register_module()
class NoiseLayerClassifier(NoisyLabelClassifier):
    """Learns p(y|x) and p(z|x) from noisy and clean labels, Xiao et al. 2015, §4.

    Backbone, neck and head are p(y|x), an ordinary classifier under its ordinary
    parameter names, and all that predicts. The rest is under ``type_network.`` and
    ``noise_layer.`` in the checkpoint: unexpected keys, which stock MMPretrain ignores.

    A sample says by ``clean_label`` and ``noisy_label`` what is known of it
    (``CleanLabels`` writes them, -1 is unknown); without them its ``gt_label`` is a
    noisy label. How samples train depends on the phase:

    ======= ================================== ========================================
    phase   p(y|x)                             p(z|x)
    ======= ================================== ========================================
    given   best known label (no method)       untouched
    classes clean label                        untouched
    types   untouched                          optimal noise type of both labels (Eq. 8)
    joint   clean label, else posterior of y   optimal noise type, else posterior of z
    ======= ================================== ========================================

    A sample without the label that its phase asks for (in ``joint`` one with neither)
    adds nothing to the loss, which is a mean over the whole batch. An untouched network
    is not run. The posteriors (Eq. 5, targets by Eq. 7) are taken from the same pass,
    without gradient.

    Args:
        backbone: Backbone of p(y|x), as for an ``ImageClassifier``.
        noise_layer: :class:`NoiseLayerHead`, or :class:`BottomUpHead` for the baseline.
        type_network: p(z|x): an ``ImageClassifier`` with 3 classes, by its backbone,
            neck and head. None with a noise layer that has no types.
        phase: See above; ``NoiseLayerHook`` changes it.
        **kwargs: See :class:`NoisyLabelClassifier`, whose terms are added in all phases
            but ``types``.

    Raises:
        ValueError: With Mixup or CutMix (a mixed image has no noisy label of its own),
            or if noise types are needed and have no network (or the reverse).

    >>> model = MODELS.build(dict(
    ...     type='NoiseLayerClassifier',
    ...     backbone=dict(type='LeNet5', num_classes=10),
    ...     head=dict(type='ClsHead'),
    ...     noise_layer=dict(type='BottomUpHead', num_classes=10),
    ... ))
    >>> model(torch.zeros(2, 1, 32, 32)).shape  # p(y|x), an ordinary classifier
    torch.Size([2, 10])
    """

    any_head = True

    def __init__(
        self,
        backbone: dict,
        noise_layer: dict,
        type_network: dict | None = None,
        phase: str = 'joint',
        **kwargs: Any,
    ) -> None:
        super().__init__(backbone, **kwargs)
        self.noise_layer = MODELS.build(noise_layer)
        if self.noise_layer.needs_types != (type_network is not None):
            needs = 'needs a' if self.noise_layer.needs_types else 'has no use for a'
            raise ValueError(
                f'{type(self.noise_layer).__name__} {needs} `type_network`, p(z|x)'
            )
        self.type_network: Any = None
        if type_network is not None:
            settings = {'type': 'ImageClassifier', **type_network}
            settings['data_preprocessor'] = self.data_preprocessor
            self.type_network = MODELS.build(settings)
        self.set_phase(phase)

    def set_phase(self, phase: str) -> None:
        """Choose what the next steps train."""
        choices = [p for p in PHASES if p != 'types' or self.type_network]
        self.phase = check_choice('phase', phase, choices)

    def loss(self, inputs: Tensor | list, data_samples: list) -> dict[str, Tensor]:
        """The losses of the networks that the present phase trains, and the terms'."""
        if self.phase != 'types':
            return super().loss(inputs, data_samples)
        image = inputs[0] if isinstance(inputs, list) else inputs
        types = self._optimal_types(*_labels(data_samples))
        return self._type_loss(self.type_network.extract_feat(image), types)

    def supervised(self, batch: TermBatch) -> dict[str, Tensor]:
        """The losses without the terms, in all phases but ``types``."""
        clean, noisy = _labels(batch.samples)
        if self.phase == 'joint':
            return self._joint_loss(batch.inputs, batch.feats, clean, noisy)
        if self.phase == 'given':
            clean = torch.where(clean < 0, noisy, clean)
        targets = _one_hot(clean, self.noise_layer.num_classes)
        return soft_loss(self, batch.feats, targets)

    def _joint_loss(
        self, inputs: Tensor, feats: Any, clean: Tensor, noisy: Tensor
    ) -> dict[str, Tensor]:
        type_feats = type_scores = None
        if self.type_network is not None:
            type_feats = self.type_network.extract_feat(inputs)
            type_scores = class_scores(self.type_network, type_feats)
        scores = class_scores(self, feats), type_scores
        q_y, q_z = self.noise_layer.posterior(*scores, noisy.clamp_min(0))
        inferred = ((clean < 0) & (noisy >= 0))[:, None]
        targets = _one_hot(clean, self.noise_layer.num_classes)
        losses = soft_loss(self, feats, torch.where(inferred, q_y, targets))
        if q_z is not None:
            targets = torch.where(inferred, q_z, self._optimal_types(clean, noisy))
            losses.update(self._type_loss(type_feats, targets))
            mean = (q_z * inferred).sum(dim=0) / inferred.sum().clamp_min(1)
            losses.update(zip(TYPE_NAMES, mean))  # for the log
        return losses

    def _type_loss(self, feats: Any, targets: Tensor) -> dict[str, Tensor]:
        losses = soft_loss(self.type_network, feats, targets)
        return {f'type_{name}': value for name, value in losses.items()}

    def _optimal_types(self, clean: Tensor, noisy: Tensor) -> Tensor:
        """(B, 3), one-hot where both labels are known, else zero."""
        both = (clean >= 0) & (noisy >= 0)
        types = self.noise_layer.types(clean.clamp_min(0), noisy.clamp_min(0))
        return _one_hot(torch.where(both, types, -1), NUM_TYPES)


def _labels(data_samples: list) -> tuple[Tensor, Tensor]:
    """Clean and noisy labels of a batch, (B,) int64 each, -1 where unknown."""
    if any('gt_score' in sample for sample in data_samples):
        raise ValueError(
            'NoiseLayerClassifier makes its own targets, but the samples carry '
            '`gt_score`: remove `to_onehot` from the data preprocessor, and hooks that '
            'supervise the classifier, such as SMPHook'
        )
    given = torch.cat([sample.gt_label for sample in data_samples])
    if len(given) != len(data_samples):
        raise ValueError(f'{len(data_samples)} samples have {len(given)} labels')
    pairs = []
    for sample, label in zip(data_samples, given.tolist()):
        noisy_label = -1 if 'clean_label' in sample else label
        noisy_label = sample.get('noisy_label', noisy_label)
        pairs.append((sample.get('clean_label', -1), noisy_label))
    clean, noisy = given.new_tensor(pairs).unbind(dim=1)
    return clean, noisy


def _one_hot(labels: Tensor, num_classes: int) -> Tensor:
    """(B, K) float32; a row of zeros where the label is -1."""
    known = (labels >= 0)[:, None]
    return F.one_hot(labels.clamp_min(0), num_classes).float() * known
