"""Trains a CleanNet to convergence (Lee et al. 2018, step 2 of section 3.3)."""

import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from mmengine.logging import MMLogger
from torch import Tensor

from ...checks import check_count, check_positive
from .cleannet import CleanNet

__all__ = ['SCORED_AT_ONCE', 'CleanNetTraining', 'RelevanceData']

SECONDS_BETWEEN_MESSAGES = 20
SCORED_AT_ONCE = 1024  # stay in a processor's cache from file to embedding


@dataclass
class RelevanceData:
    """What a CleanNet learns from, all on one device."""

    features: Tensor  # (m, d), any floating dtype
    labels: Tensor  # (m,) int64, the given labels
    verification: Tensor  # (m,) of 1, 0 and -1
    references: Tensor  # (K, R, d) float32, zero vectors fill up a class


@dataclass
class CleanNetTraining:
    """The optimisation of a CleanNet, with early stopping.

    Half of each batch has a verification label; the others are drawn at random from
    those without. Wrong labels weigh as much as right ones in all (omega of Eq. 6),
    unless the loss says otherwise. Random numbers are drawn from the global state of
    PyTorch: seed it.

    The paper names neither optimiser nor rate nor batch size, and trains "to
    convergence": here until the matching term of the samples held out ceases to fall.
    """

    batch_size: int = 256  # samples per step, with and without verification label
    lr: float = 1e-4  # learning rate of Adam
    max_epochs: int = 300  # passes over the verified samples, at most
    patience: int = 10  # passes without a better validation loss after which it ends

    def __post_init__(self) -> None:
        check_count(self.max_epochs, 'max_epochs')
        check_count(self.patience, 'patience')
        check_count(self.batch_size, 'batch_size', minimum=2)
        check_positive(self.lr, 'lr')

    def __call__(
        self, net: CleanNet, data: RelevanceData, held_out: Tensor, title: str
    ) -> float:
        """Train and return the best validation loss.

        ``net``, on the device of the data, ends in eval mode with its best parameters.
        ``held_out`` (v,) int64 are verified samples of ``data`` that decide when to
        stop. The messages begin with ``title``.
        """
        best, best_epoch, best_state = float('inf'), 0, deepcopy(net.state_dict())
        announced, logger = time.time(), MMLogger.get_current_instance()
        for epoch, loss in enumerate(self._losses(net, data, held_out), 1):
            if loss < best:
                best, best_epoch, best_state = loss, epoch, deepcopy(net.state_dict())
            found = f'{best:.4f} in epoch {best_epoch}'
            if time.time() - announced > SECONDS_BETWEEN_MESSAGES:
                announced, now = time.time(), f'validation loss {loss:.4f}'
                logger.info(f'{title}: epoch {epoch}, {now}, best {found}')
            if epoch - best_epoch >= self.patience:
                break
        else:
            logger.warning(
                f'{title} may not have converged: it stops at max_epochs='
                f'{self.max_epochs}, {epoch - best_epoch} after its best'
            )
        net.load_state_dict(best_state)
        net.eval()
        logger.info(f'{title}: {epoch} epochs, best validation loss {found}')
        return best

    def _losses(
        self, net: CleanNet, data: RelevanceData, held_out: Tensor
    ) -> Iterator[float]:
        """Train on; yields the validation loss after each epoch."""
        verified = (data.verification >= 0).nonzero().flatten()
        verified = verified[~torch.isin(verified, held_out)]
        unverified = (data.verification < 0).nonzero().flatten()
        right = int((data.verification[verified] == 1).sum())
        balance = right / max(len(verified) - right, 1)
        optimizer = torch.optim.Adam(net.parameters(), lr=self.lr)
        for _ in range(self.max_epochs):
            net.train()
            for rows in self._batches(verified, unverified):
                batch = data.labels[rows], data.verification[rows], data.references
                losses = net.loss(data.features[rows].float(), *batch, balance)
                total: Any = sum(losses.values())
                optimizer.zero_grad()
                total.backward()
                optimizer.step()
            yield _validation_loss(net, data, held_out, balance)

    def _batches(self, verified: Tensor, unverified: Tensor) -> Iterator[Tensor]:
        """The indices of each batch of an epoch."""
        half = self.batch_size // 2 if len(unverified) else self.batch_size
        order = torch.randperm(len(verified)).to(verified.device)
        for rows in verified[order].split(half):
            if len(unverified):
                drawn = torch.randint(len(unverified), (len(rows),))
                rows = torch.cat([rows, unverified[drawn.to(rows.device)]])
            yield rows


@torch.no_grad()
def _validation_loss(
    net: CleanNet, data: RelevanceData, rows: Tensor, balance: float
) -> float:
    """The matching loss (Eq. 6) of the samples held out."""
    net.eval()
    classes, _ = net.embed_classes(data.references)
    similarity = [
        net(data.features[part].float(), data.labels[part], classes)
        for part in rows.split(SCORED_AT_ONCE)
    ]
    verification = data.verification[rows]
    return float(net.relevance_loss(torch.cat(similarity), verification, balance))
