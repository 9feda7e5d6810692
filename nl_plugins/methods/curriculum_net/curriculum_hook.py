"""CurriculumNet (Guo et al.; ECCV 2018): from the densest images to all."""

from collections.abc import Sequence

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_count, check_fraction
from ...functional import curriculum_subsets, densest_sample
from ...supervision.gather import gather_norms, gather_units, merge_columns
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import WalkBatch, likeliest_other

__all__ = ['CurriculumHook']

SUBSETS = ('clean', 'noisy', 'highly noisy')


@HOOKS.register_module()
class CurriculumHook(SupervisionHook):
    """Trains on the clean part of each class, then adds the noisy and the noisiest.

    Guo et al. 2018, §3.2: features of all training images, by the network of this run,
    part each class in three, by the distance to its
    :func:`~nl_plugins.functional.densest_sample`
    (:func:`~nl_plugins.functional.curriculum_subsets`). §3.3: from ``start_epoch`` on
    only the clean subset has a target, from ``noisy_epoch`` on the noisy one too, from
    ``highly_noisy_epoch`` on all, each with its weight. The paper's batches are drawn
    from the subsets in use; a ``NoisyLabelClassifier`` divides the loss by the images
    in use, too, while a head divides it by all of the batch.

    Departures: the paper trains one network on all labels for the features and starts
    the curriculum with another; here the same network goes on, so let ``start_epoch``
    follow some training, or load weights. By the authors' word (an answer on their
    repository) each of the three stages has the whole schedule of the learning rate;
    here the stages share the one of the config, unless it has a scheduler for each and
    an ``OptimizerRestartHook``. Batches are drawn from all samples, not in fixed
    proportions of the subsets.

    In the table the weight is that of the subset, and the highly noisy are not
    selected; the score falls from 1 to 0 with the distance to the centre of the class.
    Nothing is recommended: no estimate says that a far image has a wrong label. For the
    highly noisy the network's likeliest other class is suggested. An image that does
    not load counts as noisy.

    Args:
        start_epoch: First epoch (from 1) with the clean subset alone; in iterations if
            not ``by_epoch``.
        noisy_epoch: First epoch with the noisy subset; at least ``start_epoch``.
        highly_noisy_epoch: First epoch with all; at least ``noisy_epoch``.
        weights: Of the loss on each of the three subsets.
        near_share: See :func:`~nl_plugins.functional.densest_sample`.
        num_samples: The most samples of a class that its centre is chosen among.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or the epochs are out of order.

    >>> hook = HOOKS.build(dict(type='CurriculumHook', start_epoch=5, noisy_epoch=10,
    ...     highly_noisy_epoch=20))
    >>> [hook.stage_at(epoch) for epoch in (5, 10, 19, 20)]
    [0, 1, 1, 2]
    """

    def __init__(
        self,
        start_epoch: int,
        noisy_epoch: int,
        highly_noisy_epoch: int,
        weights: Sequence[float] = (1.0, 0.5, 0.5),
        near_share: float = 0.6,
        num_samples: int = 4096,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, None, **kwargs)
        epochs = start_epoch, noisy_epoch, highly_noisy_epoch
        for name, value in zip(('noisy_epoch', 'highly_noisy_epoch'), epochs[1:]):
            check_count(value, name)
        if list(epochs) != sorted(epochs):
            raise ValueError(
                'start_epoch, noisy_epoch and highly_noisy_epoch must not fall: '
                f'{epochs}'
            )
        self.epochs = epochs
        if len(weights) != len(SUBSETS) or min(weights) < 0 or weights[0] == 0:
            raise ValueError(
                'weights must be three numbers of at least 0, the first above 0: '
                f'{list(weights)}'
            )
        self.weights = torch.tensor(weights, dtype=torch.float32)
        self.near_share = check_fraction(near_share, 'near_share')
        self.num_samples = check_count(num_samples, 'num_samples')
        self.stage = 0

    subsets: Tensor  # (N,) int8: 0 clean, 1 noisy, 2 highly noisy

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        super().before_train(runner)
        self.bank = self.make_bank(runner)
        self._others: list[tuple[Tensor, Tensor]] = []

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        self.stage = self.stage_at(self.step(runner) + 1)
        super().before_train_iter(runner, batch_idx, data_batch)

    def stage_at(self, step: int) -> int:
        """Which subset is the last in use in an epoch or iteration (from 1)."""
        return max(sum(step >= epoch for epoch in self.epochs) - 1, 0)

    # How ------------------------------------------------------------------------

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """The weight of the subset, where it is in use."""
        subsets = self.subsets[rows].long()
        return targets * (self.weights[subsets] * (subsets <= self.stage))[:, None]

    def observe(self, batch: WalkBatch) -> None:
        self.bank.add(batch.rows, batch.features)
        given = self.table.given_labels[batch.rows]
        self._others.append((batch.rows, likeliest_other(batch.probs, given)))

    def estimate(self, runner) -> None:
        """Part each class by the present features."""
        self.source.run(plain_model(runner))
        rows, others = map(torch.cat, zip(*self._others))
        found = merge_columns(len(self.table), rows, dict(others=others))
        self._others.clear()
        given, table = self.table.given_labels, self.table
        for label in given[found.known].unique().tolist():
            members = ((given == label) & found.known).nonzero().flatten()
            self._part(members)
        self.bank.clear()
        selected = self.subsets < len(SUBSETS) - 1
        table.selected.copy_(selected)
        table.weights.copy_(self.weights[self.subsets.long()])
        table.suggested_labels.copy_(torch.where(selected, given, found['others']))
        self._log(runner)

    def _part(self, members: Tensor) -> None:
        """The subsets and scores of the samples of a class."""
        units = gather_units(self.bank, members).float()
        features = units * gather_norms(self.bank, members)[:, None]
        settings = self.near_share, self.num_samples, self.seed
        center = densest_sample(features, *settings)
        subsets = curriculum_subsets(features, center, len(SUBSETS), self.seed)
        distances = torch.linalg.vector_norm(features - features[center], dim=1)
        self.subsets[members] = subsets.to(torch.int8)
        farthest = distances.max().clamp_min(1e-12)
        self.table.scores[members] = 1 - distances / farthest

    def _log(self, runner) -> None:
        summary = {}
        true, given = self.training_set.true_labels, self.table.given_labels
        for index, name in enumerate(SUBSETS):
            members, key = self.subsets == index, name.replace(' ', '_')
            summary[key] = float(members.double().mean())
            judged = members & (true >= 0)
            if judged.any():
                right = (true == given)[judged].double()
                summary[f'{key}_accuracy'] = float(right.mean())
        self.log_round(runner, 'curriculum', summary)

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        self.subsets = torch.ones(len(self.table), dtype=torch.int8)

    def state_dict(self) -> dict:
        return dict(super().state_dict(), subsets=self.subsets.clone())

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self.subsets = state['subsets']
