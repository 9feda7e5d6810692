"""What the dataloader of the training must give: batches to learn from, and variety."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from mmengine.dataset import InfiniteSampler, pseudo_collate, worker_init_fn
from mmengine.dist import get_rank
from mmpretrain.models.classifiers import BaseClassifier
from torch import Tensor, nn
from torch.utils.data import DataLoader

__all__ = [
    'EpochSeeds',
    'check_last_batch',
    'keep_random_states',
    'prepare_loader',
    'seed_everything',
]

ADVICE = 'set `drop_last=True` of `train_dataloader`, or another `batch_size`'


def prepare_loader(runner, model: nn.Module) -> None:
    """Check the last batch of an epoch, and seed restarted workers by epoch.

    Raises:
        ValueError: See :func:`check_last_batch`.
    """
    loader = runner.train_dataloader
    if len(loader) <= runner.max_iters:
        check_last_batch(loader, model, runner.logger)
    init: Any = loader.worker_init_fn
    restarts = loader.num_workers > 0 and not loader.persistent_workers
    if restarts and getattr(init, 'func', None) is worker_init_fn:
        loader.worker_init_fn = EpochSeeds(loader, runner.seed)
        runner.logger.warning(
            'the workers of `train_dataloader` are started again for each epoch, and '
            'MMEngine seeds them alike each time, so images would be augmented in the '
            'same way in every epoch. Here the epoch is made part of their seeds; '
            '`persistent_workers=True` of `train_dataloader` keeps them alive'
        )


class EpochSeeds:
    """Seeds a worker by the run's seed, the epoch, the rank and the worker.

    Args:
        loader: Its sampler knows the epoch; where it does not, torch's own seed of the
            worker, another one each time, is used.
        seed: Random seed of the run.
    """

    def __init__(self, loader: DataLoader, seed: int) -> None:
        self.former: Any = loader.worker_init_fn
        self.seed, self.rank = seed, get_rank()
        batches: Any = loader.batch_sampler
        knows = hasattr(loader.sampler, 'epoch') or batches is None
        self.sampler = loader.sampler if knows else batches.sampler

    def __call__(self, worker: int) -> None:
        """Called by each worker when it starts."""
        epoch = getattr(self.sampler, 'epoch', torch.initial_seed())
        self.former(worker)
        seed_everything(self.seed, epoch, self.rank, worker)


def seed_everything(*key: int) -> None:
    """Seed all generators with a seed that numbers >= 0 give together."""
    seed = int(np.random.SeedSequence(key).generate_state(1)[0])
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@contextmanager
def keep_random_states() -> Iterator[None]:
    """Leave the random numbers of Python, NumPy and torch as they are."""
    states = random.getstate(), np.random.get_state()
    used = torch.cuda.is_initialized()
    with torch.random.fork_rng([torch.cuda.current_device()] if used else []):
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])


def check_last_batch(loader: Any, model: Any, logger: Any = None) -> None:
    """Make sure that no epoch ends with a single image if the model cannot learn it.

    Batch normalisation of a vector needs two images. The model (without wrapper) is
    copied and tried in training mode. With a logger, a sampler whose length follows a
    selection is warned about.

    Raises:
        ValueError: If the last batch has one image, and the model fails on it.
    """
    batches = loader.batch_sampler
    sampler = getattr(batches, 'sampler', None)
    size = getattr(batches, 'batch_size', None)
    if sampler is None or not size or batches.drop_last:
        return
    finite = not isinstance(sampler, InfiniteSampler)
    ends_with_one = finite and len(sampler) % size == 1 % size
    may_end_so = logger is not None and hasattr(sampler, 'set_mask')
    if not (ends_with_one or may_end_so):
        return
    problem = _problem_with_one(loader.dataset, model)
    if problem is None:
        return
    problem = f'a batch of one image, on which {type(model).__name__} fails ({problem})'
    if ends_with_one:
        raise ValueError(
            f'{len(sampler)} samples in batches of {size} end in {problem}: {ADVICE}'
        )
    logger.warning(f'a selection of samples may end in {problem}: {ADVICE}')


def _problem_with_one(dataset: Any, model: Any) -> str | None:
    """Why one of the model's networks learns from two images, but not from one."""
    with keep_random_states(), torch.no_grad():
        sample, model = dataset[0], deepcopy(model).train()
        networks = [m for m in model.modules() if isinstance(m, BaseClassifier)]
        problems = (_problem(network, model, sample) for network in networks or [model])
        return next((problem for problem in problems if problem is not None), None)


def _problem(network: Any, model: Any, sample: dict) -> str | None:
    for count in (2, 1):
        try:
            data = pseudo_collate([sample] * count)
            inputs = model.data_preprocessor(data, False)['inputs']
            inputs = inputs[0] if isinstance(inputs, list) else inputs
            scores = network(inputs, mode='tensor')
        except Exception as error:
            return f'{type(error).__name__}: {error}' if count == 1 else None
    lost = isinstance(scores, Tensor) and scores.ndim < 2
    return 'its scores have no dimension of images' if lost else None
