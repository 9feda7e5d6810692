"""Weights from side information (Cheng et al., SINet; ECCV 2020)."""

from pathlib import Path

import torch
from mmengine.dist import barrier, get_rank, get_world_size
from mmpretrain.registry import DATASETS, HOOKS
from torch import Tensor, nn

from ...checks import check_count, check_positive
from ...datasets.training_set import TrainingSet
from ...functional import consistency_scores, distance_weights
from ...supervision.label_summary import label_accuracy
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.table_hook import plain_model
from ...supervision.verified_samples import trusted_samples
from ...supervision.walk import Walk
from ...supervision.weight_report import weight_report
from .class_graphs.build import build_class_graph
from .labelled_features import LabelledFeatures
from .prototype_weighting import ClassPrototypes, PrototypeDistances, PrototypeWeighting

__all__ = ['SINetHook']


@HOOKS.register_module()
class SINetHook(SupervisionHook):
    """Weights each sample by its distance from a prototype of its label's class.

    Each round walks the training set once and keeps the features. The most confident
    samples of each class make its initial prototype; samples whose cosines to all the
    initial prototypes agree with the class graph (Eq. 4) count most in its weighted
    prototype (Eq. 5); the distance from that gives the weight (Eq. 6) that the target
    of the sample is multiplied with (Eq. 7). A prototype is made of unit vectors and
    is one. Classes without samples are left out of both sides of Eq. 4.

    With verification labels, samples known to be wrong make no prototype and weigh
    nothing, and in classes with at least ``num_confident`` samples known to be right
    only these make it. With ``clean_dataset`` its samples make them, as in Table 8.

    The suggested label is the class of the nearest prototype, the score 1 - distance/2.
    Before the targets of a hook such as ``SMPHook`` in ``custom_hooks``, the weight
    scales the given label only; behind it, the corrected one as well.

    Args:
        graph: See ``build_class_graph``; None gives
            all samples of a class the same score.
        num_confident: The most samples of a class that make its initial prototype.
        num_matched: The most samples of a class, those of the highest scores, that make
            its weighted prototype (Table 3's "topk matched images"); None takes all.
        gamma: Contrast of the scores, Eq. 4.
        eps: Of Eq. 4.
        normalize: 'softmax' or 'l2', Eq. 4's psi.
        alpha: Distance from which on the weight is 0, Eq. 6.
        beta: Contrast of the weights, Eq. 6.
        threshold: Train without weights, but only on samples whose weight is at least
            this (Table 1's Model-B); None weights.
        clean_dataset: Config of a dataset with right labels that makes the prototypes.
        graph_folder: Where class graphs are kept; by default in the working directory.
        memory_limit: Bytes of features in memory; more lie in a file.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training if
            the graph, the clean dataset or the set-up cannot work.
    """

    def __init__(
        self,
        graph: dict | None,
        start_epoch: int = 1,
        num_confident: int = 50,
        num_matched: int | None = None,
        gamma: float = 1.0,
        eps: float = 1e-6,
        normalize: str = 'softmax',
        alpha: float = 1.2,
        beta: float = 1.5,
        threshold: float | None = None,
        clean_dataset: dict | None = None,
        graph_folder: str | None = None,
        memory_limit: int = 4 << 30,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, memory_limit=memory_limit, **kwargs)
        check_count(num_confident, 'num_confident')
        if num_matched is not None:
            check_count(num_matched, 'num_matched')
            if graph is None:
                raise ValueError(
                    '`num_matched` needs a graph to match the samples with'
                )
        consistency_scores(torch.zeros(1, 1), torch.zeros(1, 1), gamma, eps, normalize)
        self.alpha = check_positive(alpha, 'alpha')
        self.beta = check_positive(beta, 'beta')
        if threshold is not None and not 0 < threshold <= alpha**beta:
            raise ValueError(
                f'threshold must lie in (0, alpha ** beta = {alpha**beta:.3f}], got '
                f'{threshold!r}'
            )
        self.threshold = threshold
        self.graph_config = graph
        self.clean_dataset = clean_dataset
        self.graph_folder = graph_folder
        self.weighting = PrototypeWeighting(
            num_confident, num_matched, gamma, eps, normalize
        )
        self.graph: Tensor | None = None
        self.clean: LabelledFeatures | None = None

    def before_train(self, runner) -> None:
        super().before_train(runner)
        self.weighting.device = next(plain_model(runner).parameters()).device
        self.features = self._features(runner, self.walk, self.table.given_labels)
        if self.clean_dataset is not None:
            self.clean = self._clean_features(runner)
        if self.graph_config is not None:
            self._make_graph(dict(self.graph_config), runner.work_dir)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Eq. 7: cross entropy is linear in its target."""
        return targets * self.table.weights[rows, None]

    def estimate(self, runner) -> None:
        """One round of prototypes and weights."""
        table, prototypes = self.table, self.prototypes(plain_model(runner))
        found = self.weighting.distances(self.features, prototypes, self.num_classes)
        weights = distance_weights(found.own, self.alpha, self.beta)
        if self.threshold is not None:
            weights = (weights >= self.threshold).float()
        known = found.known
        table.weights[known] = weights[known]
        if self.training_set.verification is not None:
            table.weights[self.training_set.verification == 0] = 0
        table.scores[known] = (1 - found.own[known] / 2).clamp(0, 1)
        table.suggested_labels[known] = found.nearest[known].to(torch.int32)
        table.selected.copy_(table.weights > 0)
        self._log(runner, found)
        self.features.bank.clear()

    def prototypes(self, model: nn.Module) -> ClassPrototypes:
        """Walk, and make the prototypes; the features of the training set are kept."""
        self.features.update(model)
        if self.clean is not None:
            self.clean.update(model)
        return self.weighting.prototypes(
            *self.made_from(), self.graph, self.num_classes
        )

    def made_from(self) -> tuple[LabelledFeatures, Tensor]:
        """The samples that make the prototypes, and (N,) bool which of them may."""
        if self.clean is None:
            return self.features, self.allowed()
        return self.clean, torch.ones(len(self.clean.labels), dtype=torch.bool)

    def allowed(self) -> Tensor:
        """(N,) bool, the training samples that may make prototypes."""
        return trusted_samples(
            torch.ones(len(self.table), dtype=torch.bool),
            self.table.given_labels,
            self.training_set.verification,
            self.weighting.num_confident,
            self.num_classes,
        )

    def _features(self, runner, walk: Walk, labels: Tensor) -> LabelledFeatures:
        return LabelledFeatures(walk, labels, self.memory_limit, runner.work_dir)

    def _clean_features(self, runner) -> LabelledFeatures:
        clean = TrainingSet(DATASETS.build(self.clean_dataset))
        clean.check_labels(self.num_classes)
        counts = torch.bincount(clean.given_labels, minlength=self.num_classes)
        if bool((counts == 0).any()) or len(clean) < get_world_size():
            empty = (counts == 0).nonzero()[:, 0].tolist()
            raise ValueError(
                f'clean_dataset has {len(clean)} samples and none of the classes '
                f'{empty[:10]}: every class needs some to make its prototype'
            )
        walk = Walk(
            clean.dataset,
            self.walk.pipeline,
            batch_size=self.walk.batch_size,
            num_workers=self.walk.num_workers,
            cache_limit=self.cache_limit,
            feature_layer=self.feature_layer,
        )
        return self._features(runner, walk, clean.given_labels)

    def _make_graph(self, config: dict, work_dir: str) -> None:
        """The first process makes the graph, the others read what it kept."""
        self.class_graph = build_class_graph(
            config, self.training_set.dataset, self.training_set.given_labels
        )
        self.graphs_path = Path(self.graph_folder or Path(work_dir) / 'class_graphs')
        if get_rank() == 0:
            self.class_graph.similarity(self.graphs_path)
        barrier()
        self.graph = self.class_graph.similarity(self.graphs_path)
        if len(self.graph) != self.num_classes:
            raise ValueError(
                f'the class graph has {len(self.graph)} classes, but the model '
                f'{self.num_classes}: give the graph the `classes` of the labels'
            )

    def _log(self, runner, found: PrototypeDistances) -> None:
        given, true = self.table.given_labels, self.training_set.true_labels
        report = weight_report(self.table.weights, given, true)
        suggested = self.table.suggested_labels
        report['suggestions'] = float((suggested != given).double().mean())
        if true is not None:
            report['suggested_accuracy'] = label_accuracy(suggested, true)
        self.log_round(runner, 'SINet weights', report)
        num_unknown = int((~found.known).sum())
        if num_unknown:
            runner.logger.warning(
                f'{num_unknown} samples keep their weight: their image does not load, '
                'their features are zero or their class has no prototype'
            )
