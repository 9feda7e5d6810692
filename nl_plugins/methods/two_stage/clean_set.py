"""Judges of noisy labels that are trained on a few clean images."""

from collections.abc import Callable
from typing import Any

import torch
from mmengine.dist import broadcast, get_rank
from mmpretrain.registry import DATASETS
from torch import Tensor, nn

from ...datasets.training_set import TrainingSet
from ...supervision.gather import gather_rows
from ...supervision.walk import Walk, WalkBatch
from .label_confidence import LabelConfidence

__all__ = ['CleanSet']


class CleanSet:
    """One binary classifier a class on the present features (Ding et al. §3.1).

    Each tells the clean images of its class from those of the other classes. A
    label is likely right if the classifier of its class says so. The classifiers
    are logistic regressions on standardized features with both sides weighted
    alike (the paper names none): otherwise the many classes that are negative would
    make every one of them hesitate.

    Args:
        dataset: Config of a dataset whose ``gt_label`` are right.
        num_classes: K; the clean images must cover all of them.
        **walk: Of the :class:`Walk` over the dataset.

    Raises:
        ValueError: If a label is out of range or a class has no clean image, or
            none that loads.
    """

    def __init__(self, dataset: Any, num_classes: int, **walk) -> None:
        samples = TrainingSet(DATASETS.build(dataset))
        samples.check_labels(num_classes)
        self.labels, self.num_classes = samples.given_labels, num_classes
        self._check_classes(self.labels)
        self.walk = Walk(samples.dataset, **walk)

    def judge(self, model: nn.Module) -> Callable[[WalkBatch, Tensor], LabelConfidence]:
        """Train the classifiers on the features of the model.

        Returns:
            A judge for ``label_confidence``:
            the score is the probability that the classifier of the label gives, the
            suggested label that of the classifier with the largest margin.
        """
        planes = self._hyperplanes(model)

        def decide(batch: WalkBatch, labels: Tensor) -> LabelConfidence:
            weights, bias = (
                planes[:-1].to(batch.features),
                planes[-1].to(batch.features),
            )
            margins = batch.features @ weights + bias
            own = margins.gather(1, labels[:, None])[:, 0]
            return LabelConfidence(own.sigmoid(), margins.argmax(dim=1))

        return decide

    def _hyperplanes(self, model: nn.Module) -> Tensor:
        """(d + 1, K) float64: weights, and the bias in the last row."""
        size = len(self.labels)
        features, have = torch.zeros(0), torch.zeros(size, dtype=torch.bool)
        for batch in self.walk(model):
            if not len(features):
                features = torch.zeros(size, batch.features.size(1))
            features[batch.rows] = batch.features.cpu()
            have[batch.rows] = True
        features, have = gather_rows(have, features)
        self._check_classes(self.labels[have])
        if get_rank() == 0:
            planes = _fit(features[have].double(), self.labels[have], self.num_classes)
        else:
            planes = torch.zeros(features.size(1) + 1, self.num_classes).double()
        broadcast(planes, src=0)
        return planes

    def _check_classes(self, labels: Tensor) -> None:
        counts = torch.bincount(labels, minlength=self.num_classes)
        empty = (counts == 0).nonzero()[:, 0].tolist()
        if empty or self.num_classes < 2:
            raise ValueError(
                f'clean_dataset has no image of the classes {empty}: each '
                'class needs some that load to train its classifier'
            )


def _fit(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    from sklearn.linear_model import LogisticRegression

    mean, deviation = features.mean(0), features.std(0).clamp_min(1e-12)
    standardized = ((features - mean) / deviation).numpy()
    planes = torch.zeros(features.size(1) + 1, num_classes).double()
    for label in range(num_classes):
        classifier = LogisticRegression(max_iter=1000, class_weight='balanced')
        classifier.fit(standardized, (labels == label).numpy())
        weights = torch.from_numpy(classifier.coef_[0]) / deviation
        planes[:-1, label] = weights
        planes[-1, label] = float(classifier.intercept_[0]) - weights @ mean
    return planes
