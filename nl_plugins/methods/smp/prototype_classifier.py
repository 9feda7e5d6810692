"""The prototypes as a classifier of images that they were not chosen from."""

import torch
from torch import Tensor, nn

from ...checks import check_choice
from ...datasets.training_set import TrainingSet
from ...functional import correct_labels
from ...supervision.walk import WalkBatch
from .prototype_correction import Correction

__all__ = ['PrototypeClassifier']


class PrototypeClassifier:
    """How many images of a split the most similar prototypes name right.

    "Initial" of Table 3 and Fig. 4b of Han et al. is its accuracy on the test split in
    the first correction phase. It is only logged: nothing is chosen by it.

    Args:
        hook: The ``SMPHook``, whose pipeline prepares the images.
        runner: The runner that has the split.
        split: 'val' or 'test'.

    Raises:
        ValueError: If the config lacks the split, or its classes are other ones.
    """

    def __init__(self, hook, runner, split: str) -> None:
        check_choice('evaluate_on', split, ('val', 'test'))
        loop = runner.val_loop if split == 'val' else runner.test_loop
        if loop is None:
            raise ValueError(
                f'evaluate_on={split!r}: the config has no {split}_dataloader'
            )
        loader = loop.dataloader
        samples = TrainingSet(loader.dataset)
        samples.check_labels(hook.num_classes)
        hook.training_set.check_class_names(samples, f'the {split} split')
        self.labels = samples.given_labels
        self.walk = hook.walk_over(samples, loader.batch_size, loader.num_workers)

    def accuracy(self, model: nn.Module, correction: Correction) -> float:
        """The share of the images that load, with the features of an unwrapped model.

        An image whose features are zero is named wrong.
        """

        def name(batch: WalkBatch) -> dict[str, Tensor]:
            features, centers = batch.features, correction.centers
            labels = torch.full((len(features),), -1, device=features.device)
            usable = torch.linalg.vector_norm(features, dim=1) > 0
            chosen = correct_labels(features[usable], centers.to(features))
            labels[usable] = correction.classes.to(labels)[chosen]
            return dict(labels=labels)

        found = self.walk.collect(model, name)
        right = found['labels'][found.known] == self.labels[found.known]
        return float(right.double().mean())
