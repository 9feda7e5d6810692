"""One embedding a class from the token features of its texts."""

import time

import torch
import torch.nn.functional as F
from mmengine.logging import print_log
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from .label_lstm import LabelLSTM

__all__ = ['lstm_embeddings', 'mean_embeddings']

BATCH_SIZE = 64
SECONDS_BETWEEN_MESSAGES = 20


def mean_embeddings(tokens: list[Tensor], labels: Tensor, num_classes: int) -> Tensor:
    """Mean over a text's tokens, then over the directions of a class's texts.

    Args:
        tokens: n tensors (L_i, h).
        labels: (n,) int64, the class of each text.
        num_classes: C.

    Returns:
        (C, h) float32.
    """
    return _class_means(
        torch.stack([t.float().mean(dim=0) for t in tokens]), labels, num_classes
    )


def lstm_embeddings(
    tokens: list[Tensor],
    labels: Tensor,
    num_classes: int,
    hidden_channels: int,
    token_dropout: float,
    epochs: int,
    lr: float,
    seed: int = 0,
    device: torch.device | str = 'cpu',
) -> Tensor:
    """Embeddings of a ``LabelLSTM`` trained on the texts.

    The random state of the process is left as it was.

    Args:
        tokens: n tensors (L_i, h).
        labels: (n,) int64, the class of each text.
        num_classes: C.
        hidden_channels: See ``LabelLSTM``.
        token_dropout: See there.
        epochs: Of training; 0 leaves the LSTM random.
        lr: Of Adam.
        seed: Of the first weights, the order and the dropout.
        device: Where the LSTM is trained.

    Returns:
        (C, 2 * hidden_channels) float32 on the CPU: the mean over the directions of a
        class's texts.
    """
    cuda = [torch.device(device)] if torch.device(device).type == 'cuda' else []
    with torch.random.fork_rng(cuda):
        torch.manual_seed(seed)
        model = LabelLSTM(
            tokens[0].size(1), num_classes, hidden_channels, token_dropout
        ).to(device)
        _train(model, tokens, labels, epochs, lr)
    model.eval()
    with torch.no_grad():
        parts = torch.arange(len(tokens)).split(BATCH_SIZE)
        embeddings = torch.cat([_embed(model, tokens, part).cpu() for part in parts])
    return _class_means(embeddings, labels, num_classes)


def _train(
    model: LabelLSTM, tokens: list[Tensor], labels: Tensor, epochs: int, lr: float
) -> None:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr)
    announced = time.time()
    for epoch in range(epochs):
        total, hits = 0.0, 0
        for part in torch.randperm(len(tokens)).split(BATCH_SIZE):
            logits = model.classifier(_embed(model, tokens, part))
            target = labels[part].to(logits.device)
            loss = F.cross_entropy(logits, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
            hits += int((logits.argmax(dim=1) == target).sum())
        last = epoch + 1 == epochs
        if last or time.time() - announced > SECONDS_BETWEEN_MESSAGES:
            announced = time.time()
            print_log(
                f'label embeddings, epoch {epoch + 1}/{epochs}: loss '
                f'{total / len(tokens):.4f}, {hits}/{len(tokens)} texts told apart',
                'current',
            )


def _embed(model: LabelLSTM, tokens: list[Tensor], rows: Tensor) -> Tensor:
    chosen = [tokens[i] for i in rows.tolist()]
    lengths = torch.tensor([len(t) for t in chosen])
    padded = pad_sequence(chosen, batch_first=True).float()
    return model(padded.to(model.classifier.weight.device), lengths)


def _class_means(embeddings: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    sums = torch.zeros(num_classes, embeddings.size(1))
    return sums.index_add_(0, labels, F.normalize(embeddings, dim=1))
