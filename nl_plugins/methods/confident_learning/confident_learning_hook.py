"""Leaves out the labels that confident learning takes for wrong."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_choice
from ...functional import pruned_labels
from ...functional.label_pruning import METHODS
from ...supervision.label_summary import label_accuracy
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import likeliest_other

__all__ = ['ConfidentLearningHook']


@HOOKS.register_module()
class ConfidentLearningHook(SupervisionHook):
    """Prunes labels by class, by noise rate, or by both, Northcutt et al. 2021.

    Before ``start_epoch`` the network predicts all training images;
    :func:`~nl_plugins.functional.pruned_labels` says which labels are wrong, and from
    then on they have the target zero. The paper predicts each image with a network that
    was not trained on it (four-fold cross-validation) and trains anew; here it is the
    network of this run, so let it predict before it memorises labels. The paper weighs
    the classes for what was pruned of them; here nothing is weighted.

    Verification labels of the training set have the last word. The score in the table
    is the probability of the given label, the suggested label of a pruned sample the
    likeliest other one. An image that does not load is kept.

    Args:
        start_epoch: First epoch (from 1) without the pruned labels; in iterations if
            not ``by_epoch``.
        prune: 'class', 'noise_rate' or 'both'.
        interval: Epochs between prunings; None prunes once.
        **kwargs: See :class:`SupervisionHook`.

    >>> hook = HOOKS.build(dict(type='ConfidentLearningHook', start_epoch=7))
    >>> hook.prune
    'both'
    """

    def __init__(
        self,
        start_epoch: int,
        prune: str = 'both',
        interval: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, **kwargs)
        self.prune = check_choice('prune', prune, METHODS)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """No target for a pruned label."""
        return targets * self.table.selected[rows, None]

    def recommend(self) -> dict[str, Tensor]:
        return dict(drop=~self.table.selected)

    def estimate(self, runner) -> None:
        found = self.walk.predictions(plain_model(runner))
        known, probs = found.known, found['probs']
        table, given = self.table, self.table.given_labels.long()
        pruned = torch.zeros_like(known)
        pruned[known] = pruned_labels(probs[known], given[known], self.prune)
        verification = self.training_set.verification
        selected = (~pruned | (verification == 1)) & (verification != 0)
        own = probs.gather(1, given[:, None])[:, 0]
        others = likeliest_other(probs, given)
        table.selected.copy_(selected)
        table.weights.copy_(selected)
        table.scores.copy_(torch.where(known, own, 1.0).clamp(0, 1))
        table.suggested_labels.copy_(torch.where(selected, given, others))
        true = self.training_set.true_labels
        summary = dict(pruned=float((~selected).double().mean()))
        if (true >= 0).any():
            for name, part in dict(kept=selected, pruned=~selected).items():
                summary[f'{name}_accuracy'] = label_accuracy(given[part], true[part])
        counts = given[selected].bincount(minlength=self.num_classes).tolist()
        more = f'; labels kept by class: {counts}'
        self.log_round(runner, 'confident learning', summary, counts, more)
