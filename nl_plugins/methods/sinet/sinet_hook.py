"""Weights from side information (Cheng et al., SINet; ECCV 2020)."""

from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.dist import barrier, get_rank, get_world_size
from mmpretrain.registry import DATASETS, HOOKS
from torch import Tensor

from ...checks import check_count, check_positive
from ...datasets.training_set import TrainingSet
from ...functional import consistency_scores, distance_weights
from ...supervision.feature_bank import FeatureBank
from ...supervision.feature_source import FeatureSource, WalkSource
from ...supervision.gather import Columns
from ...supervision.label_summary import label_accuracy
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.verified_samples import trusted_samples
from ...supervision.walk import WalkBatch
from .class_graphs.build import build_class_graph
from .labelled_features import LabelledFeatures
from .prototype_weighting import ClassPrototypes, PrototypeWeighting, class_distances
from .sinet_pictures import draw_sinet
from .weight_summary import weight_summary

__all__ = ['SINetHook']


@HOOKS.register_module()
class SINetHook(SupervisionHook):
    """Weights each sample by its distance from a prototype of its label's class.

    In each round the most confident samples of each class make its initial prototype;
    samples whose cosines to all the initial prototypes agree with the class graph (Eq.
    4) count most in its weighted prototype (Eq. 5); the distance from that gives the
    weight (Eq. 6) that the target of the sample is multiplied with (Eq. 7). Prototypes
    are unit vectors, made of unit vectors. Classes without samples are left out of both
    sides of Eq. 4.

    The paper weights all images before the training, by the features of a model that
    was trained on all of them (Model-A, the ``checkpoint``), and updates prototypes and
    weights as a new training proceeds (sections 3.2 and 3.3): the first round takes
    that model, the later ones the network of the run. Without a checkpoint the network
    weights by itself, from ``start_epoch`` on.

    With verification labels, samples known to be wrong make no prototype and weigh
    nothing, and in classes with at least ``num_confident`` samples known to be right
    only these make it. With ``clean_dataset`` its samples make them, as in Table 8;
    they are walked over in each round, also if ``online``.

    The suggested label is the class of the nearest prototype, the score 1 - distance/2.
    Before the targets of a hook such as ``SMPHook`` in ``custom_hooks``, the weight
    scales the given label only; behind it, the corrected one as well.

    Args:
        graph: See :func:`~.class_graphs.build.build_class_graph`; None gives all
            samples of a class the same score.
        start_epoch: See :class:`SupervisionHook`, also for ``**kwargs``.
        num_confident: Most samples of a class that make its initial prototype.
        num_matched: Most samples of a class, those of the highest scores, that make
            its weighted prototype (Table 3's "topk matched images"); None takes all.
        gamma: Contrast of the scores, Eq. 4, where ``eps`` is a small positive number.
        normalize: 'softmax' or 'l2', Eq. 4's psi.
        alpha: Distance from which on the weight is 0, Eq. 6.
        beta: Contrast of the weights, Eq. 6.
        threshold: Train without weights, but only on samples whose weight is at least
            this (Table 1's Model-B); None weights.
        clean_dataset: Config of a dataset with right labels that makes the prototypes.
        graph_folder: Where class graphs are kept; by default in the working directory.
        checkpoint: Weights of a model with the config of this run, for the first round.
        constant: The samples that make a weighted prototype count alike, whatever their
            scores (with ``num_matched``, Table 3's "Constant").

    Raises:
        ValueError: If an argument is out of range, or (at the start) the graph, the
            clean dataset, the checkpoint or the set-up cannot work.
        FileNotFoundError: At the start, if the checkpoint is not there.
        RuntimeError: At the start, if the checkpoint is that of another model.

    Example:
        >>> graph = dict(type='tree', tree=dict(pets=['cat', 'dog'], cars=['truck']))
        >>> hook = HOOKS.build(dict(type='SINetHook', graph=graph, start_epoch=11))
        >>> hook.start_epoch, hook.interval, hook.weighting.num_confident
        (11, 1, 50)
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
        checkpoint: str | None = None,
        constant: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, **kwargs)
        if checkpoint is not None and self.online:
            raise ValueError(
                'the model of `checkpoint` sees the images in a walk: use online=False'
            )
        self.checkpoint = checkpoint
        check_count(num_confident, 'num_confident')
        check_count(1 if num_matched is None else num_matched, 'num_matched')
        if num_matched is not None and graph is None:
            raise ValueError('`num_matched` needs a graph to match the samples with')
        # to refuse bad settings now
        scoring = gamma, eps, normalize
        consistency_scores(torch.zeros(1, 1), torch.zeros(1, 1), *scoring)
        self.alpha = check_positive(alpha, 'alpha')
        self.beta = check_positive(beta, 'beta')
        if threshold is not None and not 0 < threshold <= alpha**beta:
            interval = f'(0, alpha ** beta = {alpha**beta:.3f}]'
            raise ValueError(f'threshold must lie in {interval}, got {threshold!r}')
        self.threshold, self.clean_dataset = threshold, clean_dataset
        self.graph_config, self.graph_folder = graph, graph_folder
        self.weighting = PrototypeWeighting(
            num_confident, num_matched, *scoring, constant
        )
        self.graph: Tensor | None = None
        self.clean: LabelledFeatures | None = None

    def before_train(self, runner) -> None:
        super().before_train(runner)
        device = next(plain_model(runner).parameters()).device
        given, bank = self.table.given_labels, self.make_bank(runner)
        self.features = LabelledFeatures(given, self.num_classes, bank, device)
        if self.clean_dataset is not None:
            self._find_clean(self.clean_dataset, runner.work_dir, device)
        if self.graph_config is not None:
            self._make_graph(self.graph_config, runner.work_dir)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Eq. 7: cross entropy is linear in its target."""
        return targets * self.table.weights[rows, None]

    def recommend(self) -> dict[str, Tensor]:
        weights = self.table.weights
        return dict(drop=weights == 0, weight=(weights != 0) & (weights != 1))

    def observe(self, batch: WalkBatch) -> None:
        self.features.add(batch)

    def estimate(self, runner) -> None:
        self.weigh(runner, self.source)
        self.features.bank.clear()

    def weigh(self, runner, source: FeatureSource) -> ClassPrototypes:
        """Update the table; the features of the training set are kept."""
        model = self.network(runner)
        source.run(model)
        self.features.merge()
        if self.clean is not None:
            self.clean.bank.clear()
            self.clean_source.run(model)
            self.clean.merge()
        prototypes = self.weighting.prototypes(*self.made_from(), self.graph)
        found = class_distances(self.features, prototypes)
        self._fill_table(found)
        self._log(runner, int((~found.known).sum()))
        return prototypes

    def draw(
        self, runner, folder: Path, count: int = 32, samples: Sequence[int] = ()
    ) -> list[str]:
        """Draw graphs, neighbours and the present weights of the lightest classes.

        Where true labels are known, ``graphs.json`` holds the
        :func:`~.weight_summary.graph_summary` of each part of the graph.
        """
        self.features.bank.clear()
        prototypes = self.weigh(runner, WalkSource(self.walk, self.observe))
        paths = draw_sinet(self, prototypes, Path(folder))
        self.features.bank.clear()
        return [*paths, *super().draw(runner, folder, count, samples)]

    def made_from(self) -> tuple[LabelledFeatures, Tensor]:
        """The samples that make the prototypes, and (N,) bool which of them may."""
        if self.clean is not None:
            return self.clean, torch.ones(len(self.clean.labels), dtype=torch.bool)
        given, verification = self.table.given_labels, self.training_set.verification
        settings = self.weighting.num_confident, self.num_classes
        allowed = torch.ones(len(given), dtype=torch.bool)
        return self.features, trusted_samples(allowed, given, verification, *settings)

    def _find_clean(self, config: dict, folder: str, device: torch.device) -> None:
        clean, num_classes = TrainingSet(DATASETS.build(config)), self.num_classes
        clean.check_labels(num_classes)
        self.training_set.check_class_names(clean, 'clean_dataset')
        counts = torch.bincount(clean.given_labels, minlength=num_classes)
        if bool((counts == 0).any()) or len(clean) < get_world_size():
            empty = (counts == 0).nonzero()[:, 0].tolist()
            raise ValueError(
                f'clean_dataset has {len(clean)} samples and none of the classes '
                f'{empty[:10]}: every class needs some to make its prototype'
            )
        share = -(-len(clean) // get_world_size())
        bank = FeatureBank(len(clean), share, self.memory_limit, folder)
        self.clean = LabelledFeatures(clean.given_labels, num_classes, bank, device)
        walk = self.walk_over(clean, cache_limit=self.cache_limit)
        self.clean_source = WalkSource(walk, self.clean.add)

    def _make_graph(self, config: dict, work_dir: str) -> None:
        """The first process makes the graph, the others read what it kept."""
        labels, dataset = self.training_set.given_labels, self.training_set.dataset
        self.class_graph = build_class_graph(config, dataset, labels)
        self.graphs_path = Path(self.graph_folder or Path(work_dir) / 'class_graphs')
        if get_rank() == 0:
            self.class_graph.similarity(self.graphs_path)
        barrier()
        self.graph = self.class_graph.similarity(self.graphs_path)
        size, expected = len(self.graph), self.num_classes
        if size != expected:
            message = f'the class graph has {size} classes, but the model {expected}'
            raise ValueError(f'{message}: give the graph the `classes` of the labels')

    def _fill_table(self, found: Columns) -> None:
        table, known = self.table, found.known
        weights = distance_weights(found['own'], self.alpha, self.beta)
        if self.threshold is not None:
            weights = (weights >= self.threshold).float()
        table.weights[known] = weights[known]
        table.weights[self.training_set.verification == 0] = 0
        table.scores[known] = (1 - found['own'][known] / 2).clamp(0, 1)
        table.suggested_labels[known] = found['nearest'][known].to(torch.int32)
        table.selected.copy_(table.weights > 0)

    def _log(self, runner, num_unknown: int) -> None:
        given, true = self.table.given_labels, self.training_set.true_labels
        summary = weight_summary(self.table.weights, given, true)
        suggested = self.table.suggested_labels
        summary['suggestions'] = float((suggested != given).double().mean())
        if bool((true >= 0).any()):
            summary['suggested_accuracy'] = label_accuracy(suggested, true)
        self.log_round(runner, 'SINet weights', summary)
        if not bool(self.table.weights.any()):
            runner.logger.warning(
                'every weight is 0 and nothing is left to train on: alpha='
                f'{self.alpha} is below the least distance of a sample from its '
                'prototype; raise it'
            )
        if num_unknown:
            runner.logger.warning(
                f'{num_unknown} samples keep their weight: their image does not load, '
                'their features are zero or their class has no prototype'
            )
