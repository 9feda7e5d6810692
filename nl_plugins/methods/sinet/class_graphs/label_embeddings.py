"""One embedding per class from the token features of its texts."""

import torch
import torch.nn.functional as F
from mmengine.logging import print_log
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

__all__ = ['lstm_embeddings', 'mean_embeddings']

BATCH_SIZE = 64


def mean_embeddings(tokens: list[Tensor], labels: Tensor, num_classes: int) -> Tensor:
    """(C, h) mean over the ``tokens`` (L_i, h) of n texts, then over a class's texts.

    Of the means of the texts, with ``labels`` (n,) int64, only the directions count.
    """
    means = torch.stack([text.float().mean(dim=0) for text in tokens])
    return _class_means(means, labels, num_classes)


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
    """Label embeddings of SINet (Cheng et al. 2020) §3.1, by a bidirectional LSTM.

    The paper feeds the word embeddings of a frozen BERT to it and names no training
    objective. Here the LSTM learns with Adam on ``device`` to tell the classes apart
    from texts that miss a share ``token_dropout`` of their tokens; 0 ``epochs`` leave
    it random. ``seed`` sets the first weights, the order and the dropout; the random
    state of the process is left as it was. Tokens and labels are those of
    :func:`mean_embeddings`. Gives the mean directions of the texts of each class,
    (C, 2 * hidden_channels) on the CPU.
    """
    cuda = [torch.device(device)] if torch.device(device).type == 'cuda' else []
    shape = tokens[0].size(1), num_classes, hidden_channels
    with torch.random.fork_rng(cuda):
        torch.manual_seed(seed)
        model = _LabelLSTM(*shape, token_dropout).to(device)
        model.fit(tokens, labels, epochs, lr)
    starts = range(0, len(tokens), BATCH_SIZE)
    with torch.no_grad():
        parts = [model(tokens[i : i + BATCH_SIZE]).cpu() for i in starts]
    return _class_means(torch.cat(parts), labels, num_classes)


class _LabelLSTM(nn.Module):
    def __init__(self, width: int, num_classes: int, hidden: int, dropout: float):
        super().__init__()
        self.token_dropout = dropout
        self.lstm = nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(2 * hidden, num_classes)

    def forward(self, texts: list[Tensor]) -> Tensor:
        """The last state of both directions (B, 2 * hidden) of B texts (L_i, width)."""
        lengths = torch.tensor([len(text) for text in texts])
        tokens = pad_sequence(texts, batch_first=True).float()
        tokens = tokens.to(self.classifier.weight.device)
        if self.training and self.token_dropout:
            kept = torch.rand(tokens.shape[:2], device=tokens.device)
            tokens = tokens * (kept >= self.token_dropout)[..., None]
        packed = pack_padded_sequence(tokens, lengths, True, enforce_sorted=False)
        _, (states, _) = self.lstm(packed)
        return torch.cat([*states], dim=1)

    def fit(self, tokens: list[Tensor], labels: Tensor, epochs: int, lr: float) -> None:
        """Learn the classes of the texts, then switch to evaluation."""
        optimizer, size = torch.optim.Adam(self.parameters(), lr), len(tokens)
        for epoch in range(1, epochs + 1):
            total, hits = 0.0, 0
            for part in torch.randperm(size).split(BATCH_SIZE):
                logits = self.classifier(self([tokens[i] for i in part.tolist()]))
                target = labels[part].to(logits.device)
                loss = F.cross_entropy(logits, target)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(part)
                hits += int((logits.argmax(dim=1) == target).sum())
            done = f'label embeddings, epoch {epoch}/{epochs}: loss {total / size:.4f}'
            print_log(f'{done}, {hits}/{size} texts told apart', 'current')
        self.eval()


def _class_means(embeddings: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    sums = torch.zeros(num_classes, embeddings.size(1))
    return sums.index_add_(0, labels, F.normalize(embeddings, dim=1))
