"""One pass over the training set with the test pipeline, in eval mode."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from mmengine.dist import broadcast, get_dist_info
from mmengine.logging import print_log
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from .feature_tap import FeatureTap
from .predictions import evaluating, predict_probs

__all__ = ['FeatureWalk', 'WalkBatch']

SECONDS_BETWEEN_MESSAGES = 20


class WalkBatch(NamedTuple):
    """What a walk yields.

    Attributes:
        rows: (B,) int64, ``sample_idx``, on the CPU.
        features: (B, d) float32, on the model's device.
        probs: (B, K) float32, the model's predictions, on the model's device.
    """

    rows: Tensor
    features: Tensor
    probs: Tensor


class _Inputs(Dataset):
    """The images of chosen samples through a pipeline of our own."""

    def __init__(self, dataset, pipeline: Callable, rows: list[int]) -> None:
        self.dataset, self.pipeline, self.rows = dataset, pipeline, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[int, Tensor]:
        row = self.rows[index]
        data = self.pipeline(self.dataset.get_data_info(row))
        if data is None:
            raise RuntimeError(f'the pipeline of the walk gave nothing for sample {row}')
        return row, data['inputs']


def _collate(items: list) -> tuple[Tensor, list | Tensor]:
    rows = torch.tensor([row for row, _ in items])
    images = [image for _, image in items]
    if len({image.shape for image in images}) == 1:
        return rows, torch.stack(images)
    return rows, images


class FeatureWalk:
    """Walks the samples of a dataset, sharded over the ranks.

    Each rank yields its own share (every world-size-th sample), so shares may differ
    in length: nothing in the loop waits for another rank. The model is put back as
    it was; no random number of the training run is drawn. Before the walk the
    buffers of rank 0 (the ones that a checkpoint holds) are given to all ranks, so
    that a resumed run walks the same network. Inputs are kept between walks while
    they fit in ``cache_limit`` bytes: the pipeline of the walk must not be random.

    Args:
        dataset: Any MMEngine dataset, without wrappers.
        pipeline: From annotation to packed inputs, without augmentation.
        batch_size: Images a step.
        num_workers: Of the dataloader.
        cache_limit: In bytes, for each rank.
        feature_layer: See :class:`FeatureTap`.
    """

    def __init__(
        self,
        dataset,
        pipeline: Callable,
        batch_size: int = 128,
        num_workers: int = 0,
        cache_limit: int = 1 << 30,
        feature_layer: str | None = None,
    ) -> None:
        self.dataset = dataset
        self.pipeline = pipeline
        self.batch_size = batch_size
        self.num_workers = num_workers
        self.cache_limit = cache_limit
        self.feature_layer = feature_layer
        self._cache: list | None = []

    def __call__(self, model: nn.Module) -> Iterator[WalkBatch]:
        """Yield the features and predictions of this rank's share.

        Args:
            model: The classifier, without a wrapper such as DDP.
        """
        _share_buffers(model)
        rank, world_size = get_dist_info()
        rows = list(range(rank, len(self.dataset), world_size))
        done, start = 0, time.time()
        announced = start
        for batch in self._forward(model, self._batches(rows)):
            yield batch
            done += len(batch.rows)
            if time.time() - announced > SECONDS_BETWEEN_MESSAGES:
                announced = time.time()
                eta = (announced - start) / done * (len(rows) - done)
                print_log(
                    f'walk over the training set: {done}/{len(rows)} images, '
                    f'eta {eta:.0f} s',
                    logger='current',
                )

    def probe(self, model: nn.Module, rows: list[int]) -> WalkBatch:
        """The walk over a few samples, to find out whether it works."""
        loader = DataLoader(
            _Inputs(self.dataset, self.pipeline, rows),
            batch_size=len(rows),
            collate_fn=_collate,
            generator=torch.Generator(),
        )
        return next(self._forward(model, iter(loader)))

    def _batches(self, rows: list[int]) -> Iterator[tuple[Tensor, list | Tensor]]:
        if self._cache:
            yield from self._cache
            return
        loader = DataLoader(
            _Inputs(self.dataset, self.pipeline, rows),
            batch_size=self.batch_size,
            num_workers=self.num_workers,
            collate_fn=_collate,
            generator=torch.Generator(),
        )
        cache: list | None = [] if self._cache is not None else None
        size = 0
        for batch in loader:
            yield batch
            size += sum(image.nbytes for image in batch[1])
            if size > self.cache_limit:
                cache = None
            if cache is not None:
                cache.append(batch)
        self._cache = cache

    def _forward(self, model: nn.Module, batches: Iterator) -> Iterator[WalkBatch]:
        with evaluating(model), FeatureTap(model, self.feature_layer) as tap:
            for rows, images in batches:
                if len(rows) == 1:  # LeNet-5 cannot tell one image from none
                    images = [images[0], images[0]]
                data = model.data_preprocessor({'inputs': images}, False)
                probs = predict_probs(model, data['inputs'])[: len(rows)]
                yield WalkBatch(rows, tap.take()[: len(rows)], probs)


def _share_buffers(model: nn.Module) -> None:
    if get_dist_info()[1] > 1:
        for buffer in model.buffers():
            broadcast(buffer, src=0)
