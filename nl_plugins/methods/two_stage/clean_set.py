"""Judges of noisy labels that are trained on a few clean images."""

import torch
from mmengine.dist import broadcast, get_rank
from torch import Tensor, nn

from ...datasets.training_set import TrainingSet
from ...supervision.walk import Walk, WalkBatch
from .label_confidence import Judge

__all__ = ['CleanSet']


class CleanSet:
    """One binary classifier per class on the present features (Ding et al. §3.1).

    Each tells its class from all others; a label is likely right if that of its class
    says so. They are logistic regressions on standardized features with both sides
    weighted alike (the paper names none): otherwise the many classes that are negative
    would make every one of them hesitate.

    Args:
        samples: A dataset whose ``gt_label`` are right.
        walk: Goes over it.
        num_classes: K.

    Raises:
        ValueError: If a label is out of range or a class has no clean image that loads.
    """

    def __init__(self, samples: TrainingSet, walk: Walk, num_classes: int) -> None:
        samples.check_labels(num_classes)
        self.labels, self.walk = samples.given_labels, walk
        self.num_classes = num_classes
        self._check_classes(self.labels)

    def judge(self, model: nn.Module) -> Judge:
        """Train the classifiers: the judge's scores are their labels' probabilities.

        The suggested label is that of the classifier with the largest margin.
        """
        found = self.walk.collect(model, lambda batch: dict(features=batch.features))
        features, labels = found['features'][found.known], self.labels[found.known]
        self._check_classes(labels)
        planes = torch.zeros(features.size(1) + 1, self.num_classes).double()
        if get_rank() == 0:
            _fit(features.double(), labels, planes)
        broadcast(planes, src=0)

        def decide(batch: WalkBatch, labels: Tensor) -> dict[str, Tensor]:
            weights = planes.to(batch.features)
            margins = batch.features @ weights[:-1] + weights[-1]
            own = margins.gather(1, labels[:, None])[:, 0]
            return dict(scores=own.sigmoid(), suggested=margins.argmax(dim=1))

        return decide

    def _check_classes(self, labels: Tensor) -> None:
        counts = torch.bincount(labels, minlength=self.num_classes)
        empty = (counts == 0).nonzero()[:, 0].tolist()
        if empty or self.num_classes < 2:
            raise ValueError(
                f'clean_dataset has no image of the classes {empty}: each class needs '
                'some that load to train its classifier'
            )


def _fit(features: Tensor, labels: Tensor, planes: Tensor) -> None:
    """Write each class's weights and, in the last row, bias into its column."""
    from sklearn.linear_model import LogisticRegression

    mean, deviation = features.mean(0), features.std(0).clamp_min(1e-12)
    standardized = ((features - mean) / deviation).numpy()
    for label in range(planes.size(1)):
        classifier = LogisticRegression(max_iter=1000, class_weight='balanced')
        classifier.fit(standardized, (labels == label).numpy())
        weights = torch.from_numpy(classifier.coef_[0]) / deviation
        planes[:-1, label] = weights
        planes[-1, label] = float(classifier.intercept_[0]) - weights @ mean
