"""Writes what a network makes of the samples of a dataset into a feature file."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mmpretrain
import numpy as np
import torch
from mmengine.dist import barrier, broadcast, get_world_size, is_main_process
from torch import nn

from ..datasets.sample_columns import INTEGER_KEYS
from ..datasets.training_set import TrainingSet
from ..formats.feature_file import FeatureFile
from ..formats.feature_file_writer import FeatureFileWriter
from ..formats.fingerprint import fingerprint
from ..supervision.network_fingerprint import network_fingerprint
from ..supervision.training_loader import seed_everything
from ..supervision.walk import Walk
from ..version import __version__

__all__ = ['AugmentedView', 'extract_features']


class AugmentedView:
    """A random pipeline that gives a sample the same view every time.

    Args:
        pipeline: That of the training.
        seed: Random seed.
        view: The number of the view, from 1.
    """

    def __init__(self, pipeline: Callable, seed: int, view: int) -> None:
        self.pipeline, self.seed, self.view = pipeline, seed, view

    def __call__(self, info: dict) -> dict | None:
        """Make the view of a sample."""
        seed_everything(self.seed, self.view, info['sample_idx'])
        return self.pipeline(info)

    def __repr__(self) -> str:
        return f'{self.pipeline!r}, seed {self.seed}, view {self.view}'


def extract_features(
    path: Path,
    model: nn.Module,
    dataset: Any,
    pipeline: Callable,
    views: int = 1,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
    **walk: Any,
) -> FeatureFile:
    """Write a feature file, or go on with one; every rank calls it, on one file system.

    Args:
        path: The folder to be.
        model: An image classifier, without a wrapper such as DDP.
        dataset: Whose samples; wrappers that repeat samples do not count.
        pipeline: Makes view 0 of a sample; must not be random.
        views: V; the others are made by the dataset's own pipeline, see
            :class:`AugmentedView`.
        seed: Random seed of the others.
        about: Facts to note in the file.
        **walk: See :class:`Walk`.

    Raises:
        ValueError: If other features are at the path, see :class:`FeatureFileWriter`.
        RuntimeError: If a sample gives no image.
    """
    if get_world_size() > 1:
        for value in model.state_dict().values():
            broadcast(value, src=0)
    samples = TrainingSet(dataset)
    pipelines: list[Callable] = [pipeline]
    for view in range(1, views):
        pipelines.append(AugmentedView(samples.dataset.pipeline, seed, view))
    walks = [Walk(samples.dataset, p, cache_limit=0, **walk) for p in pipelines]
    settings = _settings(samples, model, walks, about or {})
    writer = _on_the_first_rank_first(lambda: FeatureFileWriter(path, **settings))
    for view, walk_of_view in enumerate(walks):
        rows = writer.missing(view)
        barrier()  # a rank that writes would change what is missing for another
        for batch in walk_of_view(model, rows) if len(rows) else ():
            writer.write(view, batch.rows.numpy(), batch.features.cpu().numpy())
    if not writer.complete:
        writer.flush()
    barrier()
    if is_main_process():
        writer.finish()
    barrier()
    return FeatureFile(path)


def _on_the_first_rank_first(make: Callable[[], Any]) -> Any:
    made = make() if is_main_process() else None
    barrier()
    return make() if made is None else made


def _settings(
    samples: TrainingSet, model: nn.Module, walks: list[Walk], about: Mapping[str, Any]
) -> dict:
    """All that the writer has to know but the features."""
    columns, names = samples.columns, samples.paths()
    known = [name for name in INTEGER_KEYS if columns.knows(name)]
    values: dict[str, Any] = {name: getattr(columns, name) for name in known}
    texts = [re.sub(r' at 0x[0-9a-f]+', '', repr(walk.pipeline)) for walk in walks]
    first, layer = walks[0].probe(model), walks[0].feature_layer
    parts = ['\n'.join(names), *(part for pair in values.items() for part in pair)]
    folder = columns.paths[0].removesuffix(names[0])
    return dict(
        shape=(len(walks), len(samples), first.features.size(1)),
        names=names,
        columns=values,
        classes=samples.class_names(),
        identity=dict(
            network=network_fingerprint(model, layer),
            pipeline=fingerprint(texts[0]),
            views=fingerprint(*texts[1:]),
            samples=fingerprint(*parts),
        ),
        about=dict(
            about,
            folder=folder,
            pipelines=texts,
            feature_layer=layer,
            versions=dict(
                nl_plugins=__version__,
                torch=torch.__version__,
                mmpretrain=mmpretrain.__version__,
                numpy=np.__version__,
            ),
        ),
    )
