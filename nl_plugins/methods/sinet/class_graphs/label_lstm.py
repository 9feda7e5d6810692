"""A bidirectional LSTM that makes one vector of a text's token features."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

__all__ = ['LabelLSTM']


class LabelLSTM(nn.Module):
    """Label embeddings of SINet (Cheng et al. 2020) §3.1.

    The paper feeds the word embeddings of a frozen BERT to a bidirectional LSTM and
    names no training objective. Here the LSTM learns to tell the classes apart from
    texts with missing tokens, through the linear layer ``classifier``.

    Args:
        in_channels: Width of the token features.
        num_classes: C.
        hidden_channels: Of each direction; embeddings are twice as wide.
        token_dropout: Share of the tokens left out in training.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        hidden_channels: int = 256,
        token_dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.token_dropout = token_dropout
        self.lstm = nn.LSTM(
            in_channels, hidden_channels, batch_first=True, bidirectional=True
        )
        self.classifier = nn.Linear(2 * hidden_channels, num_classes)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings (B, 2 * hidden_channels): the last state of both directions.

        Args:
            tokens: (B, L, in_channels) features, padded.
            lengths: (B,) int64 number of tokens of each text, on the CPU.
        """
        if self.training and self.token_dropout:
            kept = torch.rand(tokens.shape[:2], device=tokens.device)
            tokens = tokens * (kept >= self.token_dropout)[..., None]
        packed = pack_padded_sequence(
            tokens, lengths, batch_first=True, enforce_sorted=False
        )
        _, (states, _) = self.lstm(packed)
        return torch.cat([states[0], states[1]], dim=1)
