"""CleanNet's encoder of a single image's features."""

import torch
from torch import Tensor, nn

__all__ = ['QueryAutoencoder']


class QueryAutoencoder(nn.Module):
    """A 5-layer autoencoder whose code is the query embedding.

    Lee et al. (2018) section 3.1; the layers are input, hidden, code, hidden, output.
    The paper names no activation: here all but the output have a tanh, the code as
    well (the class embedding, which it is compared with, has none).
    ``hidden_channels`` is the width of the layers between features and code.
    """

    def __init__(
        self, in_channels: int, hidden_channels: int, embed_channels: int
    ) -> None:
        super().__init__()
        self.hidden = nn.Linear(in_channels, hidden_channels)
        self.code = nn.Linear(hidden_channels, embed_channels)
        self.decoder = nn.Sequential(
            nn.Linear(embed_channels, hidden_channels),
            nn.Tanh(),
            nn.Linear(hidden_channels, in_channels),
        )

    def encode(self, features: Tensor) -> Tensor:
        """(B, embed_channels) codes of features (B, d)."""
        return torch.tanh(self.code(torch.tanh(self.hidden(features))))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """The codes of features (B, d) and their reconstruction (B, d)."""
        code = self.encode(features)
        return code, self.decoder(code)
