"""One pass over the training set with the test pipeline, in eval mode."""

import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from typing import Any, NamedTuple

import torch
from mmengine.dist import broadcast, get_dist_info
from mmengine.logging import print_log
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from ..datasets.in_memory.in_memory import InMemory
from ..datasets.sample_name import sample_name
from .feature_tap import FeatureTap
from .frozen_passes import FrozenPasses
from .gather import Columns, merge_columns
from .predictions import check_converging, evaluating, stacked_probs

__all__ = ['Walk', 'WalkBatch', 'by_prediction', 'likeliest_other']

SECONDS_BETWEEN_MESSAGES = 20


class WalkBatch(NamedTuple):
    """What a walk yields."""

    rows: Tensor  # (B,) int64, ``sample_idx``, on the CPU
    features: Tensor  # (B, d) float32, on the model's device
    probs: Tensor  # (B, K) float32, the model's predictions, on its device


def by_prediction(batch: WalkBatch, labels: Tensor) -> dict[str, Tensor]:
    """The probability of the labels (B,) as ``scores``, the likeliest as ``suggested``.

    Both (B,), on the device of the batch.
    """
    own = batch.probs.gather(1, labels.to(batch.probs.device)[:, None])[:, 0]
    return dict(scores=own, suggested=batch.probs.argmax(dim=1))


def likeliest_other(probs: Tensor, labels: Tensor) -> Tensor:
    """(B,) int64 on the CPU, by ``probs`` (B, K) likeliest beside the labels (B,)."""
    own = labels.to(probs.device).long()[:, None]
    return probs.scatter(1, own, -1.0).argmax(dim=1).cpu()


class _Inputs(Dataset):
    """The images of chosen samples through a pipeline of our own, batch by batch."""

    def __init__(self, dataset, pipeline: Callable, rows: Sequence[int]) -> None:
        self.dataset, self.pipeline, self.rows = dataset, pipeline, rows
        in_memory = isinstance(dataset, InMemory)
        self.in_memory = dataset.with_pipeline(pipeline) if in_memory else None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitems__(self, indices: Sequence[int]) -> list[tuple[int, Tensor | None]]:
        rows = [self.rows[index] for index in indices]
        if self.in_memory is not None and self.in_memory.batches is not None:
            batch = self.in_memory.batches(rows)
        else:
            batch = [self._prepared(row) for row in rows]
        return [(row, self._image(row, data)) for row, data in zip(rows, batch)]

    def _prepared(self, row: int) -> dict | None:
        try:
            if self.in_memory is not None:
                return self.in_memory.prepare_data(row)
            return self.pipeline(self.dataset.get_data_info(row))
        except Exception as error:
            name = self._name(row)
            raise RuntimeError(f'the pipeline of the walk fails on {name}') from error

    def _image(self, row: int, data: dict | None) -> Tensor | None:
        image = None if data is None else data['inputs']
        if image is not None and not isinstance(image, Tensor):
            raise ValueError(
                f'the pipeline of the walk makes a {type(image).__name__} of '
                f'{self._name(row)}, not one image: give the hook `pipeline=[...]` '
                'that does'
            )
        return image

    def _name(self, row: int) -> str:
        return sample_name(row, self.dataset.get_data_info(row).get('img_path'))


def _collate(items: list) -> tuple[Tensor, list | Tensor]:
    """Leaves out the images that the pipeline gave up on."""
    items = [(row, image) for row, image in items if image is not None]
    rows = torch.tensor([row for row, _ in items], dtype=torch.int64)
    images = [image for _, image in items]
    alike = len({image.shape for image in images}) == 1
    return rows, torch.stack(images) if alike else images


class Walk:
    """Walks the samples of a dataset, sharded over the ranks.

    Each rank yields its own share (every world-size-th sample), so shares may differ
    in length: nothing in the loop waits for another rank. Images on which the pipeline
    gives up are left out; a rank left without any yields one empty batch, since what
    follows on all ranks needs the size of the features. The model is put back as it
    was; no random number of the training run is drawn. Before the walk, all ranks get
    the buffers of rank 0 (those in a checkpoint), so that a resumed run walks the same
    network. Images of different sizes are padded to the largest of their batch, as
    MMPretrain does in validation.

    Args:
        dataset: Any MMEngine dataset, without wrappers.
        pipeline: Makes packed inputs of an annotation; must not be random.
        batch_size: Images per step.
        num_workers: Workers of the dataloader.
        cache_limit: Bytes of inputs kept between walks, per rank, if all fit; of a
            network of which only the head is trained, what the head is given is kept.
        feature_layer: See :class:`FeatureTap`.

    >>> from mmengine.dataset import Compose
    >>> from mmpretrain.registry import DATASETS, MODELS
    >>> digits = DATASETS.build(dict(type='Digits'))
    >>> model = MODELS.build(dict(type='ImageClassifier',
    ...     backbone=dict(type='FullyConnected', in_channels=64),
    ...     head=dict(type='LinearClsHead', num_classes=10, in_channels=128)))
    >>> batch = Walk(digits, Compose([dict(type='PackInputs')])).probe(model)
    >>> batch.features.shape, batch.probs.shape
    (torch.Size([1, 128]), torch.Size([1, 10]))
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
        self.dataset, self.pipeline = dataset, pipeline
        self.batch_size, self.num_workers = batch_size, num_workers
        self.cache_limit, self.feature_layer = cache_limit, feature_layer
        self._cache: list | None = []
        self._frozen = FrozenPasses(cache_limit)

    def __call__(
        self, model: nn.Module, rows: Sequence[int] | None = None
    ) -> Iterator[WalkBatch]:
        """Yield the features and predictions of this rank's share.

        Args:
            model: The classifier, without a wrapper such as DDP.
            rows: The samples of all ranks, by default the whole dataset; of others
                nothing is kept.

        Raises:
            RuntimeError: If a prediction is NaN or infinite (the network diverged), or
                the pipeline gives no image of any sample.
        """
        rank, world_size = get_dist_info()
        if world_size > 1:
            for buffer in model.buffers():
                broadcast(buffer, src=0)
        whole = rows is None
        kept = self._frozen if whole else FrozenPasses(0)
        rows = (range(len(self.dataset)) if rows is None else rows)[rank::world_size]
        done = 0
        start = announced = time.time()
        for batch in self._forward(model, partial(self._batches, rows, whole), kept):
            yield batch
            done += len(batch.rows)
            if time.time() - announced > SECONDS_BETWEEN_MESSAGES:
                announced = time.time()
                eta = (announced - start) / done * (len(rows) - done)
                where = f'{done}/{len(rows)} images, eta {eta:.0f} s'
                print_log(f'walk over the images: {where}', logger='current')
        if done == 0:
            yield WalkBatch(*(part[:0] for part in self.probe(model)))

    def use(self, pipeline: Callable) -> None:
        """Walk with another pipeline from now on."""
        if pipeline is not self.pipeline:
            self.pipeline, self._cache = pipeline, []
            self._frozen = FrozenPasses(self.cache_limit)

    def collect(
        self, model: nn.Module, fn: Callable[[WalkBatch], dict[str, Tensor]]
    ) -> Columns:
        """One walk, and what ``fn`` makes of every sample, the same on every rank.

        For a batch it gives values (B,) or (B, k) by name, on any device.
        """
        rows: list[Tensor] = []
        values: dict[str, list[Tensor]] = {}
        for batch in self(model):
            rows.append(batch.rows)
            for name, value in fn(batch).items():
                values.setdefault(name, []).append(value.detach().cpu())
        columns = {name: torch.cat(parts) for name, parts in values.items()}
        return merge_columns(len(self.dataset), torch.cat(rows), columns)

    def predictions(self, model: nn.Module) -> Columns:
        """One walk, and the ``probs`` (N, K) of all samples, the same on every rank."""
        return self.collect(model, lambda batch: dict(probs=batch.probs))

    def probe(self, model: nn.Module) -> WalkBatch:
        """The walk up to its first image, to find out whether it works."""
        inputs = _Inputs(self.dataset, self.pipeline, range(len(self.dataset)))
        batches = (_collate(inputs.__getitems__([i])) for i in range(len(inputs)))
        for batch in self._forward(model, lambda keep: batches, FrozenPasses(0)):
            return batch
        raise RuntimeError('the pipeline of the walk gave no image at all')

    def image(self, row: int) -> Tensor | None:
        """What the pipeline makes of one sample; None where it gives up."""
        inputs = _Inputs(self.dataset, self.pipeline, [row])
        return inputs.__getitems__([0])[0][1]

    def _batches(
        self, rows: Sequence[int], whole: bool, keep: bool
    ) -> Iterator[tuple[Tensor, list | Tensor]]:
        keep = keep and whole
        if self._cache and whole:
            yield from self._cache
            return
        loader = DataLoader(
            _Inputs(self.dataset, self.pipeline, rows),
            self.batch_size,
            num_workers=self.num_workers,
            collate_fn=_collate,
            generator=torch.Generator(),
        )
        cache: list | None = [] if keep and self._cache is not None else None
        size = 0
        for indices, images in loader:
            yield indices, images
            size += sum(image.nbytes for image in images)
            if size > self.cache_limit:
                cache = None
            if cache is not None:  # a copy: workers hand over shared memory
                cache.append(deepcopy((indices, images)))
        if keep:
            self._cache = cache

    def _forward(
        self, model: Any, batches: Callable[[bool], Iterator], kept: FrozenPasses
    ) -> Iterator[WalkBatch]:
        with evaluating(model), FeatureTap(model, self.feature_layer) as tap:
            made_by = kept.made_by(model, tap)
            passes = partial(self._passes, model, tap, batches, not made_by)
            for rows, output in kept(made_by, passes):
                with torch.no_grad():
                    if tap.head is not None:
                        tap.head(output)
                features, probs = tap.take()
                probs = stacked_probs(output) if probs is None else probs
                batch = WalkBatch(rows, features[: len(rows)], probs[: len(rows)])
                check_converging('prediction for', rows, batch.probs)
                yield batch

    def _passes(
        self, model: Any, tap: FeatureTap, batches: Callable, keep: bool
    ) -> Iterator[tuple[Tensor, Any]]:
        """What the head is given of each batch, or the samples of a model without."""
        for rows, images in batches(keep):
            if len(rows) == 0:
                continue
            if len(rows) == 1:  # LeNet-5 cannot tell one image from none
                images = [images[0], images[0]]
            inputs = model.data_preprocessor({'inputs': images}, False)['inputs']
            with torch.no_grad():
                if tap.head is None:
                    output = model(inputs, mode='predict')
                else:
                    output = model.extract_feat(inputs)
            yield rows, output
