"""Stage 1 of the two-stage method (Ding, Wang, Fan, Gong; WACV 2018)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmpretrain.registry import DATASETS, HOOKS
from torch import Tensor, nn

from ...checks import check_choice, check_fraction
from ...datasets.training_set import TrainingSet
from ...functional import select_highest
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.training_loader import check_last_batch
from ...supervision.walk import by_prediction
from .clean_set import CleanSet
from .label_confidence import (
    Judge,
    confident_selection,
    label_confidence,
    selection_summary,
)
from .noise_corrected import noise_corrected
from .refined_validation import RefinedValidation
from .two_stage_pictures import draw_kept_labels, draw_label_confusion

__all__ = ['LabelSelectionHook']

CONFIDENCES = ('predicted', 'corrected')


@HOOKS.register_module()
class LabelSelectionHook(SupervisionHook):
    """Keeps the labels that are likely right and ignores the others.

    Section 3.1: before ``start_epoch`` the network predicts all training images. A
    label that differs from the prediction is removed; of the others those with
    P(label|x) >= ``threshold`` stay, at least the top ``min_fraction`` of each class
    (``functional.select_confident``). From then on a sample without a label has the
    target zero; samplers with a mask (``LabeledUnlabeledSampler``) fill batches by it.

    A network that knows its labels to be noisy is rarely 0.9 sure of one: with a fifth
    of them wrong at random it is at most 0.8 sure, and the selection keeps the minimum.
    ``confidence='corrected'`` (ours) compares the probability that the label is right
    (:func:`~.noise_corrected.noise_corrected`) with the threshold instead.

    In place of confidence: with a ``clean_dataset``, one binary classifier per class
    (``CleanSet``); with ``scores_from``, the scores of another method's hook. Clean
    labels in the training set (``CleanLabels``) are kept, so that their images are
    labelled data of stage 2. Beyond the paper, verification labels of the training set
    have the last word. The suggested label of an ignored sample is the prediction.
    Logged: the share of labels kept, and where true or verification labels are known
    the columns of Table 2.

    Args:
        start_epoch: First epoch (from 1) of stage 2; in iterations if not ``by_epoch``.
        threshold: Least probability of the label, or least score of ``scores_from``.
            Classifiers of a clean set decide at 0.5.
        min_fraction: The least share of each class; not with a clean set.
        clean_dataset: Config of a dataset whose labels are right. It may hold training
            images, but no test image.
        scores_from: Name of a hook such as 'SMPHook' that starts by ``start_epoch``.
        refine_validation: Let the same selection by confidence choose which validation
            samples count in the metric ``SelectedAccuracy``.
        keep_labels: Train with all labels: only the validation set is refined and the
            label file written (with balanced classes, the paper's improved baseline).
        interval: Epochs between selections; None selects once.
        confidence: 'predicted', P(label|x) as the paper has it, or 'corrected'.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        RuntimeError: If no label is kept, or with ``drop_last`` too few for a batch.

    >>> hook = HOOKS.build(dict(type='LabelSelectionHook', start_epoch=31))
    >>> hook.is_due(30), hook.is_due(31)
    (False, True)
    """

    def __init__(
        self,
        start_epoch: int = 1,
        threshold: float = 0.9,
        min_fraction: float = 0.1,
        clean_dataset: Any = None,
        scores_from: str | None = None,
        refine_validation: bool = False,
        keep_labels: bool = False,
        interval: int | None = None,
        confidence: str = 'predicted',
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, **kwargs)
        if clean_dataset is not None and scores_from is not None:
            raise ValueError('give either clean_dataset or scores_from, not both')
        self.threshold = check_fraction(threshold, 'threshold', zero=True)
        self.min_fraction = check_fraction(min_fraction, 'min_fraction', zero=True)
        self.confidence = check_choice('confidence', confidence, CONFIDENCES)
        self.clean_dataset, self.scores_from = clean_dataset, scores_from
        self.refine_validation, self.keep_labels = refine_validation, keep_labels
        self.clean_set: CleanSet | None = None

    def before_train(self, runner) -> None:
        self.validation = RefinedValidation(runner) if self.refine_validation else None
        super().before_train(runner)
        if self.validation is not None:
            samples = self.validation.samples
            samples.check_labels(self.num_classes)
            self.training_set.check_class_names(samples, 'the validation set')
        if self.scores_from is not None:
            self._scoring_hook(runner)
        if self.clean_dataset is not None:
            clean = TrainingSet(DATASETS.build(self.clean_dataset))
            self.training_set.check_class_names(clean, 'clean_dataset')
            self.clean_set = CleanSet(clean, self.walk_over(clean), self.num_classes)
        follows = not self.keep_labels and hasattr(_sampler(runner), 'set_mask')
        if self.active and follows and not self.by_epoch:
            runner.logger.warning(
                'an iteration-based loop finds its place by drawing again what it has '
                'drawn; the selection has changed since, so the resumed run sees its '
                'samples in another order than an uninterrupted one'
            )
        if self.start_epoch == 1 and not (runner._resume or runner._load_from):
            runner.logger.warning(
                'the labels are selected before the first epoch, but nothing was '
                'loaded: unless `init_cfg` of the model does so, give the checkpoint '
                'of stage 1 as `load_from`'
            )

    def set_up_model(self, runner) -> None:
        super().set_up_model(runner)
        self._set_sampler_mask(runner)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """No target for a sample whose label is ignored."""
        return targets if self.keep_labels else targets * self.table.weights[rows, None]

    def recommend(self) -> dict[str, Tensor]:
        """A label that is only not confident enough says nothing against itself."""
        return dict(drop=self.table.suggested_labels != self.table.given_labels)

    def estimate(self, runner) -> None:
        """Select the labels of the training set and refine the validation set."""
        given, table = self.table.given_labels, self.table
        model = plain_model(runner)
        judge = self._judge(model)
        found, selected = self._select(runner, model, judge)
        verification = self.training_set.verification
        clean = torch.from_numpy(self.training_set.columns.clean_labels >= 0)
        selected = clean | (selected | (verification == 1)) & (verification != 0)
        if not selected.any():
            raise RuntimeError(
                'no label was selected: the network has learnt nothing yet; select '
                'later, or lower `threshold`'
            )
        table.selected.copy_(selected)
        table.weights.copy_(selected | self.keep_labels)
        table.scores.copy_(found['scores'])
        table.suggested_labels.copy_(torch.where(selected, given, found['suggested']))
        self._set_sampler_mask(runner)
        true = self.training_set.true_labels
        summary = selection_summary(selected, given, true, verification)
        if self.validation is not None:
            summary.update(self.validation.select(self, model, judge))
        self._log(runner, summary, selected)

    def draw(
        self, runner, folder: Path, count: int = 32, samples: Sequence[int] = ()
    ) -> list[str]:
        """Also the paper's Fig. 3 and, once labels were selected, Fig. 4."""
        folder = Path(folder)
        paths = draw_label_confusion(self, folder)
        if self.active:
            paths += draw_kept_labels(self, folder)
        return [*paths, *super().draw(runner, folder, count, samples)]

    def _select(
        self, runner, model: nn.Module, judge: Judge
    ) -> tuple[dict[str, Tensor], Tensor]:
        """See ``label_confidence``, and (N,) bool which labels are kept."""
        given = self.table.given_labels
        limits = self.threshold, self.min_fraction
        if self.scores_from is not None:
            other = self._scoring_hook(runner)
            if not other.active:
                raise RuntimeError(
                    f'{self.scores_from} has no scores yet: let it start before '
                    f'{self.name(runner)}, and name it first in custom_hooks'
                )
            scores, suggested = other.table.scores, other.table.suggested_labels
            found = dict(scores=scores, suggested=suggested)
            return found, select_highest(scores, given, *limits)
        if self.clean_set is not None:
            found = label_confidence(
                self.walk, model, given, self.clean_set.judge(model)
            )
            return found, select_highest(found['scores'], given, 0.5, min_fraction=0)
        found = label_confidence(self.walk, model, given, judge)
        return found, confident_selection(found, given, *limits)

    def _judge(self, model: nn.Module) -> Judge:
        """How well labels fit by the confidence of the model; fits the noise first."""
        if self.confidence == 'predicted':
            return by_prediction
        known = self.table.given_labels, self.training_set.verification
        return noise_corrected(self.walk, model, *known)

    def _scoring_hook(self, runner) -> SupervisionHook:
        hooks = [hook for hook in runner.hooks if isinstance(hook, SupervisionHook)]
        for hook in hooks:
            if hook is not self and hook.name(runner) == self.scores_from:
                return hook
        raise ValueError(
            f'scores_from={self.scores_from!r} is no other hook of this run that has a '
            'table of scores'
        )

    def _set_sampler_mask(self, runner) -> None:
        """Tell the sampler, if it is one that follows a mask."""
        loader, loop = runner.train_dataloader, runner.train_loop
        sampler = _sampler(runner)
        if self.keep_labels or not hasattr(sampler, 'set_mask'):
            return
        sampler.set_mask(self.table.selected)
        if len(loader) == 0:
            raise RuntimeError(
                f'{int(self.table.selected.sum())} labelled samples do not fill a batch'
                ', and drop_last leaves it out: use drop_last=False or smaller batches'
            )
        check_last_batch(loader, plain_model(runner))
        if self.by_epoch:  # for the time left in the log, and accumulated gradients
            loop._max_iters = loop.iter + (loop.max_epochs - loop.epoch) * len(loader)
            steps = plain_model(runner), loop.iter, loop._max_iters
            runner.optim_wrapper.initialize_count_status(*steps)

    def _log(self, runner, summary: dict[str, float], selected: Tensor) -> None:
        kept = self.table.given_labels[selected].long()
        counts = torch.bincount(kept, minlength=self.num_classes).tolist()
        more = f'; labels kept by class: {counts}'
        self.log_round(runner, 'label selection', summary, counts, more)
        empty = [label for label, count in enumerate(counts) if count == 0]
        if empty:
            runner.logger.warning(
                f'no label of the classes {empty} was kept: stage 2 cannot learn them. '
                'Let it train longer, with balanced classes, or lower `threshold`'
            )

    def state_dict(self) -> dict:
        state = super().state_dict()
        if self.validation is not None:
            state['validation'] = self.validation.state_dict()
        return state

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        if self.validation is not None and 'validation' in state:
            self.validation.load_state_dict(state['validation'])


def _sampler(runner) -> Any:
    """The sampler of the training set; one that follows a mask if there is one."""
    loader = runner.train_dataloader
    inner = getattr(loader.batch_sampler, 'sampler', None)
    places: list[Any] = [loader.sampler, loader.batch_sampler, inner]
    return next((each for each in places if hasattr(each, 'set_mask')), loader.sampler)
