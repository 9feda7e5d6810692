"""Where a hook's features come from: a walk, the passes that train, or a file."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from mmengine.dist import get_dist_info, get_world_size
from mmengine.hooks import CheckpointHook
from torch import Tensor, nn

from ..datasets.in_memory.rows_in_file import rows_in_file
from ..datasets.training_set import TrainingSet
from ..formats.feature_file import FeatureFile
from .feature_tap import FeatureTap
from .gather import merge_passes
from .walk import Walk, WalkBatch

__all__ = ['FeatureSource', 'FileSource', 'PassSource', 'WalkSource', 'check_online']

AT_ONCE = 32  # batches: small networks lose time to every call
ENTRIES_AT_ONCE = 1 << 18  # of features, where there are many
SAMPLES_AT_ONCE = 4096  # of a file


class FeatureSource:
    """Hands features and predictions on, some batches together.

    Args:
        observe: Takes them; a sample may come again, the latest counts.
    """

    def __init__(self, observe: Callable[[WalkBatch], None]) -> None:
        self._observe = observe
        self._waiting: list[WalkBatch] = []

    def share(self, num_samples: int) -> int:
        """The most samples that this rank hands on."""
        return -(-num_samples // get_world_size())

    def run(self, model: nn.Module) -> None:
        """Hand on the rest that an estimate for the model, without wrapper, needs."""
        self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._observe(WalkBatch(*merge_passes(self._waiting)))
            self._waiting.clear()

    def _add(self, batch: WalkBatch) -> None:
        self._waiting.append(batch)
        entries = len(self._waiting) * batch.features.numel()
        if len(self._waiting) == AT_ONCE or entries > ENTRIES_AT_ONCE:
            self._flush()


class WalkSource(FeatureSource):
    """Walks over the training set with the present network when asked to run."""

    def __init__(self, walk: Walk, observe: Callable[[WalkBatch], None]) -> None:
        super().__init__(observe)
        self._walk = walk

    def run(self, model: nn.Module) -> None:
        """Walk."""
        for batch in self._walk(model):
            self._add(batch)
        self._flush()


class PassSource(FeatureSource):
    """Listens to the forward passes between :meth:`open` and :meth:`close`."""

    def __init__(
        self, model: nn.Module, layer: str | None, observe: Callable[[WalkBatch], None]
    ) -> None:
        super().__init__(observe)
        self._tapped = model, layer

    def share(self, num_samples: int) -> int:
        """All: the sampler gives a rank other samples in each epoch."""
        return num_samples

    def open(self) -> None:
        """Listen: a training pass follows."""
        self._tap = FeatureTap(*self._tapped)  # its head may be another one now
        self._tap.__enter__()

    def close(self, rows: Tensor) -> None:
        """Take what the pass over the samples ``rows`` (B,) computed."""
        self._tap.__exit__()
        features, probs = self._tap.take()
        assert probs is not None  # the model has a head, as was checked at the start
        self._add(WalkBatch(rows, features, probs))


class FileSource(FeatureSource):
    """Hands on what a feature file has of the training set; no network is asked.

    Args:
        path: The feature file. It may be of more samples.
        training_set: Whose samples; each is found in the file by its path.
        observe: As in :class:`FeatureSource`. The predictions that it is given are of
            no class.

    Raises:
        FileNotFoundError: If there is no feature file.
        ValueError: If a sample is not in it.
    """

    def __init__(
        self,
        path: str,
        training_set: TrainingSet,
        observe: Callable[[WalkBatch], None],
    ) -> None:
        super().__init__(observe)
        self._file = FeatureFile(path)
        paths = training_set.columns.paths
        self._places = rows_in_file(self._file, paths, 'the training set')

    def run(self, model: nn.Module) -> None:
        """Read the samples of this rank."""
        rank, processes = get_dist_info()
        own = torch.arange(rank, len(self._places), processes)
        for rows in own.split(SAMPLES_AT_ONCE):
            places = self._places[rows.numpy()]
            features = self._file.features[0, places].astype(np.float32)
            probs = torch.empty(len(rows), 0)
            self._observe(WalkBatch(rows, torch.from_numpy(features), probs))


def check_online(runner, hook: Any, model: Any, augments: Any) -> None:
    """Make sure that training passes can give features, and resumed rounds are whole.

    ``augments`` is the batch augmentation, if there is one.

    Raises:
        ValueError: If not, with the setting to change.
    """
    if getattr(model, 'head', None) is None:
        raise ValueError(
            f'{type(model).__name__} has no `head` to take predictions from in a '
            'training pass: use `online=False`'
        )
    if augments is not None:
        raise ValueError(
            'online estimates need the features of single images, but batch '
            'augmentation (Mixup/CutMix) mixes them: use `online=False`'
        )
    first, interval = hook.start_epoch - 1, hook.interval
    for saver in () if hook.by_epoch else runner.hooks:
        if not isinstance(saver, CheckpointHook) or saver.interval <= 0:
            continue
        if first % interval or saver.by_epoch or saver.interval % interval:
            raise ValueError(
                'a checkpoint that cuts an online round in two could not be resumed: '
                'let `start_epoch - 1` and the interval of the checkpoints (now '
                f'{saver.interval}) be multiples of {interval} iterations'
            )
