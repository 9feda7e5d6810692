"""Features whose wrong labels are known: planted, or those of a trained network."""

import itertools
from pathlib import Path
from typing import NamedTuple

import torch
from mmengine.config import Config
from mmengine.runner import Runner, load_checkpoint
from torch import Tensor

import nl_plugins  # noqa: F401  (registers the components)
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.running.run_config import config_path
from nl_plugins.supervision.start_checks import walk_pipeline
from nl_plugins.supervision.walk import Walk


class Samples(NamedTuple):
    """Features (N, d), predictions (N, K), given and true labels (N,)."""

    features: Tensor
    probs: Tensor
    given: Tensor
    true: Tensor

    def first(self, size: int) -> 'Samples':
        """The first ``size`` samples."""
        return Samples(*(part[:size] for part in self))


def planted_samples(
    num_classes: int, seed: int, foreign: float = 0.0, per_class: int = 100
) -> Samples:
    """32 directions tell the classes apart, 16 stronger ones mean nothing.

    40 % of the labels are wrong. A share ``foreign`` of these images belongs to no
    class: they are of four kinds, the same in all classes, and resemble a little the
    class that they were found for. Half of the others belong to the most similar class,
    half to any class. The predictions are those of a linear classifier trained on the
    given labels.
    """
    generator = torch.Generator().manual_seed(seed)
    size = num_classes * per_class
    centres = torch.randn(num_classes, 32, generator=generator)
    kinds = torch.randn(4, 32, generator=generator)
    given = torch.arange(size) % num_classes
    wrong = torch.rand(size, generator=generator) < 0.4
    odd = wrong & (torch.rand(size, generator=generator) < foreign)
    confusing = torch.rand(size, generator=generator) < 0.5
    distance = torch.cdist(centres, centres).fill_diagonal_(torch.inf)
    other = torch.randint(1, num_classes, (size,), generator=generator)
    other = (given + other) % num_classes
    other = torch.where(confusing, distance.argmin(dim=1)[given], other)
    true = torch.where(wrong, other, given)
    signal = centres[true]
    kind = torch.randint(4, (size,), generator=generator)
    signal[odd] = 0.6 * centres[given[odd]] + 0.8 * kinds[kind[odd]]
    true[odd] = num_classes
    signal = signal + 0.8 * torch.randn(size, 32, generator=generator)
    nuisance = 2 * torch.randn(size, 16, generator=generator)
    features = torch.cat([signal, nuisance], dim=1)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        linear = torch.nn.Linear(48, num_classes)
    optimizer = torch.optim.Adam(linear.parameters(), lr=0.02)
    for _ in range(200):
        loss = torch.nn.functional.cross_entropy(linear(features), given)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    probs = linear(features).softmax(dim=1).detach()
    return Samples(features, probs, given, true)


def samples_of_network(
    config: str, checkpoint: str, size: int, work_dir: Path
) -> Samples:
    """Walk over the first ``size`` training samples of a config."""
    cfg = Config.fromfile(config_path(config))
    cfg.work_dir, cfg.log_level, cfg.custom_hooks = str(work_dir), 'ERROR', []
    runner = Runner.from_cfg(cfg)
    load_checkpoint(runner.model, checkpoint, map_location='cpu', strict=True)
    training_set = TrainingSet(runner.build_dataloader(cfg.train_dataloader).dataset)
    true = training_set.true_labels
    if bool((true < 0).any()):
        raise SystemExit('not all true labels of this training set are known')
    walk = Walk(training_set.dataset, walk_pipeline(runner, None))
    walked = itertools.islice(walk(runner.model), -(-size // walk.batch_size))
    batches = [tuple(part.cpu() for part in batch) for batch in walked]
    rows, features, probs = (torch.cat(parts) for parts in zip(*batches))
    given = training_set.given_labels
    return Samples(features, probs, given[rows], true[rows]).first(size)
