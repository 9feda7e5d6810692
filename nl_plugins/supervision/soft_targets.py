"""Targets of a batch: reading, writing, and what a loss makes of them."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch
import torch.nn.functional as F
from mmpretrain.models.losses import LabelSmoothLoss
from torch import Tensor, nn

__all__ = [
    'batch_rows',
    'check_loss',
    'loss_modules',
    'read_targets',
    'set_targets',
    'smoothing',
    'write_targets',
]

ROWS_KEY = 'nl_plugins_rows'
TARGETS_KEY = 'nl_plugins_targets'


def batch_rows(data_batch: dict) -> Tensor:
    """(B,) int64, the ``sample_idx`` of a batch, read once for all that ask."""
    if ROWS_KEY not in data_batch:
        rows = [sample.sample_idx for sample in data_batch['data_samples']]
        data_batch[ROWS_KEY] = torch.from_numpy(np.array(rows, np.int64))
    return data_batch[ROWS_KEY]


def read_targets(
    data_batch: dict, labels: Tensor, num_classes: int, smoothed: float = 0.0
) -> Tensor:
    """(B, K) float32, the target vectors of a batch as plain weights of the classes.

    They are what an earlier hook wrote, else what the dataset gives as ``gt_score``,
    else a one-hot row for each of the ``labels`` (B,) int64. What :func:`smoothing`
    found for the model's loss, ``smoothed``, is taken back.

    >>> read_targets(dict(data_samples=[{}, {}]), torch.tensor([1, 0]), num_classes=2)
    tensor([[0., 1.],
            [1., 0.]])
    """
    samples = data_batch['data_samples']
    targets = data_batch.get(TARGETS_KEY)
    if targets is None and 'gt_score' in samples[0]:
        targets = torch.stack([sample.gt_score for sample in samples]).float()
    if targets is None:
        onehot = torch.zeros(len(labels), num_classes, device=labels.device)
        return onehot.scatter_(1, labels[:, None], 1.0)
    if smoothed:
        mass = targets.sum(1, keepdim=True)
        mass = (mass + num_classes * smoothed) / (1 + num_classes * smoothed)
        targets = targets - (mass - 1) * smoothed
    return targets


def write_targets(
    data_batch: dict, targets: Tensor, smoothed: float = 0.0, mixed: bool = False
) -> None:
    """Make the targets (B, K) those that the model is trained with.

    They wait in the batch for :func:`set_targets`, or, if batch augmentation is to
    mix them, become the ``gt_score`` of the samples at once.

    Label smoothing adds b = epsilon/K to a target that it has scaled by a = 1 -
    epsilon, so a row of mass w would train towards a w-weighted label *and* an
    unweighted uniform vector. The written row t + (w - 1) b/a makes the loss see
    w times the smoothed label, for any w; rows of mass 1 are left as they are.
    """
    if smoothed:
        targets = targets + (targets.sum(1, keepdim=True) - 1) * smoothed
    if mixed:
        _set_scores(data_batch['data_samples'], targets)
    else:
        data_batch[TARGETS_KEY] = targets


def set_targets(preprocessor: nn.Module, args: tuple, output: dict) -> None:
    """Forward hook of a data preprocessor: the waiting targets become ``gt_score``.

    One copy to the device per batch; the preprocessor would make one per sample.
    """
    targets = args[0].get(TARGETS_KEY)
    if targets is not None:
        samples = output['data_samples']
        _set_scores(samples, targets.to(samples[0].gt_label.device))


def _set_scores(samples: list, targets: Tensor) -> None:
    for sample, target in zip(samples, targets.unbind(), strict=True):
        sample.set_field(target, 'gt_score')


def loss_modules(model: nn.Module) -> list[nn.Module]:
    """The losses of a classifier: of its head, or its own (timm models)."""
    owners = (getattr(model, 'head', None), model)
    losses = [getattr(owner, 'loss_module', None) for owner in owners]
    return [loss for loss in losses if isinstance(loss, nn.Module)]


def smoothing(model: nn.Module, num_classes: int) -> float:
    """b/a of the affine map t -> a t + b that label smoothing is; 0 without one."""
    return max([0.0, *(_smoothing(loss, num_classes) for loss in loss_modules(model))])


def _smoothing(loss: nn.Module, num_classes: int) -> float:
    if not isinstance(loss, LabelSmoothLoss) or loss.mode == 'multi_label':
        return 0.0
    return 0.0 if loss.ce.use_sigmoid else loss._eps / num_classes / (1 - loss._eps)


def _weigh_rows(
    loss: nn.Module, args: tuple, kwargs: dict
) -> tuple[tuple, dict] | None:
    """Forward pre-hook of a loss: the mass of a target vector weighs its sample.

    To a sigmoid, a vector of zeros says "none of the classes" and not "no label".
    """
    if len(args) < 2 or args[1].ndim != 2 or not args[1].is_floating_point():
        return None
    weights = args[1].sum(dim=1)
    least = torch.finfo(weights.dtype).tiny
    targets = args[1] / weights.clamp_min(least)[:, None]
    if kwargs.get('weight') is not None:
        weights = weights * kwargs['weight']
    return (args[0], targets, *args[2:]), dict(kwargs, weight=weights)


@torch.no_grad()
def check_loss(loss: nn.Module, num_classes: int, device: torch.device) -> None:
    """Make sure that a loss understands target vectors.

    A one-hot vector must cost what the label costs (where the loss takes labels at
    all), a mixture of vectors the mixture of their costs, and w times a vector w times
    its cost: this is what turns target vectors into the papers' losses. A loss that
    does not see the last by itself gets w as the ``weight`` of the sample from now on.

    Raises:
        ValueError: If not, with what happened.
    """
    name = type(loss).__name__
    advice = 'use CrossEntropyLoss or LabelSmoothLoss'
    size = 5 if num_classes == 4 else 4  # labels must not broadcast to vectors
    logits = torch.linspace(-1, 2, size * num_classes, device=device).cos()
    labels = torch.arange(size, device=device) % num_classes
    first = F.one_hot(labels, num_classes).float()
    second = first.roll(1, dims=1)

    def cost(target: Tensor) -> Tensor:
        scores = logits.view(size, num_classes)
        found = deepcopy(loss)(scores, target, avg_factor=size)
        return found.double().mean()  # as MMEngine takes it, for `reduction='none'`

    try:
        soft, other, mixed = map(cost, (first, second, 0.7 * first + 0.3 * second))
    except Exception as error:
        problem = f'does not accept target vectors ({type(error).__name__}: {error})'
        raise ValueError(f'{name} {problem}: {advice}') from error
    try:
        hard = cost(labels)
    except Exception:
        hard = soft  # made for target vectors only, such as `use_soft=True`
    if not torch.allclose(hard, soft, atol=1e-4):
        problem = f'gives {soft:.4f} for a one-hot vector and {hard:.4f} for the label'
        raise ValueError(f'{name} {problem}: {advice}')
    if not torch.allclose(mixed, 0.7 * soft + 0.3 * other, atol=1e-4):
        raise ValueError(
            f'{name} is not linear in the target, so a mixture of labels would not '
            f'be a mixture of losses: {advice}'
        )
    _check_mass(loss, cost, first, _smoothing(loss, num_classes))


def _check_mass(
    loss: nn.Module, cost: Callable[[Tensor], Tensor], target: Tensor, smoothed: float
) -> None:
    """Make a loss weigh samples by the mass of their vectors, or raise ValueError."""

    def weighs() -> bool:
        costs = [cost(w * target + (w - 1) * smoothed) for w in (0.0, 0.5)]
        return torch.allclose(torch.stack(costs), cost(target) * half, atol=1e-4)

    half = torch.tensor([0.0, 0.5], device=target.device).double()
    if weighs():
        return
    loss.register_forward_pre_hook(_weigh_rows, with_kwargs=True)
    problem = (
        f'{type(loss).__name__} does not cost half for a target vector of half the '
        'weight, nor take a `weight` for each sample, so samples that are left out '
        'would train the model: use CrossEntropyLoss or LabelSmoothLoss'
    )
    try:
        weighed = weighs()
    except Exception as error:
        raise ValueError(problem) from error
    if not weighed:
        raise ValueError(problem)
