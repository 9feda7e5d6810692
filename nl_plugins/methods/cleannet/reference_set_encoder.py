"""CleanNet's encoder of a class: attention over its reference vectors."""

import torch
from torch import Tensor, nn

__all__ = ['ReferenceSetEncoder']


class ReferenceSetEncoder(nn.Module):
    """Encodes the reference vectors of each class into one embedding.

    Lee et al. (2018) Fig. 2: a two-layer MLP projects each vector to h_i (Eq. 2-4
    weigh them by the attention alpha_i), a one-layer MLP maps their weighted sum to
    the class embedding. The same parameters serve all classes. The arguments are those
    of ``CleanNet``: u_i and the context vector u have ``attention_channels``, and
    dropout follows each layer of the first MLP.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: tuple[int, int],
        attention_channels: int,
        embed_channels: int,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        first, last = hidden_channels
        self.first = nn.Linear(in_channels, first)
        self.second = nn.Linear(first, last)
        self.dropout = nn.Dropout(dropout)
        self.attention = nn.Linear(last, attention_channels)
        self.context = nn.Parameter(torch.empty(attention_channels))
        self.embedding = nn.Linear(last, embed_channels)
        nn.init.normal_(self.context, std=attention_channels**-0.5)

    def forward(
        self, references: Tensor, filling: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(K, embed_channels) embeddings and (K, R) attention of sets (K, R, d).

        ``filling`` (K, R) bool marks vectors that only fill up a smaller set (None:
        none). The attention sums to 1 over a set and is 0 at filling vectors.
        """
        hidden = self.dropout(torch.tanh(self.first(references)))
        hidden = self.dropout(torch.tanh(self.second(hidden)))
        scores = torch.tanh(self.attention(hidden)) @ self.context
        if filling is not None:
            scores = scores.masked_fill(filling, -torch.inf)
        attention = scores.softmax(dim=1)
        pooled = (attention[:, :, None] * hidden).sum(dim=1)
        return self.embedding(pooled), attention
