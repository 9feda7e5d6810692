"""CleanNet: does an image fit its label? Learnt from verification labels."""

import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from .query_autoencoder import QueryAutoencoder
from .reference_set_encoder import ReferenceSetEncoder

__all__ = ['CleanNet']


@MODELS.register_module()
class CleanNet(nn.Module):
    """The joint embedding of classes and images of Lee et al. (2018), section 3.1.

    The cosine of a class, embedded from its reference vectors, and an image tells how
    well they fit. All classes share all parameters, so what verification labels teach
    about some classes serves the others. The defaults are the paper's (beta) and its
    authors' (sizes).

    The paper leaves open how features are normalised and how the encoders begin. Here
    they are made unit vectors, moved by the mean of all reference vectors and made unit
    vectors again, because what all images have in common tells nothing (Eq. 5
    reconstructs these). Both encoders begin as the same map, which nearly keeps angles,
    so that training begins with the cosine of an image and its class's mean reference
    instead of chance: with few supervised classes, most of what serves the others.

    Args:
        in_channels: d of the features.
        hidden_channels: Widths of the MLP of the reference set encoder.
        attention_channels: Width of its attention.
        query_channels: Width of the hidden layers of the query autoencoder.
        embed_channels: Width of the embeddings.
        dropout: Dropout of the reference set encoder.
        reconstruction_weight: beta of Eq. 9.
        loss: A registered loss of cosines and verification labels.

    Raises:
        ValueError: If ``query_channels`` is greater than ``hidden_channels``.

    >>> net = MODELS.build(dict(type='CleanNet', in_channels=16)).eval()
    >>> classes, attention = net.embed_classes(torch.randn(3, 5, 16))
    >>> net(torch.randn(8, 16), torch.zeros(8).long(), classes).shape
    torch.Size([8])
    """

    center: Tensor  # (d,), what is taken off the unit vectors; zero until it is set

    def __init__(
        self,
        in_channels: int,
        hidden_channels: tuple[int, int] = (512, 256),
        attention_channels: int = 256,
        query_channels: int = 256,
        embed_channels: int = 128,
        dropout: float = 0.2,
        reconstruction_weight: float = 0.1,
        loss: dict | None = None,
    ) -> None:
        super().__init__()
        if query_channels > min(hidden_channels):
            raise ValueError(
                f'query_channels ({query_channels}) must not be greater than '
                f'hidden_channels ({hidden_channels})'
            )
        self.reference_encoder = ReferenceSetEncoder(
            in_channels, hidden_channels, attention_channels, embed_channels, dropout
        )
        widths = in_channels, query_channels, embed_channels
        self.query_encoder = QueryAutoencoder(*widths)
        self.reconstruction_weight = reconstruction_weight
        self.relevance_loss = MODELS.build(loss or dict(type='RelevanceLoss'))
        self.register_buffer('center', torch.zeros(in_channels))
        _begin_alike(self.reference_encoder, self.query_encoder)

    def normalize(self, vectors: Tensor) -> Tensor:
        """Unit vectors (..., d) around the centre; zero vectors stay zero."""
        norms = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
        moved = (vectors / norms.clamp(min=1e-12)).sub_(self.center)
        scales = torch.linalg.vector_norm(moved, dim=-1, keepdim=True).clamp(min=1e-12)
        return moved / scales.masked_fill(norms == 0, torch.inf)

    def embed_classes(self, references: Tensor) -> tuple[Tensor, Tensor]:
        """(K, e) unit embeddings and (K, R) attention (Eq. 2-4, Fig. 3).

        Of references (K, R, d), where all-zero vectors fill up a class; both results
        are zero for a class without any.
        """
        filling = ~references.any(dim=2)
        some = ~filling.all(dim=1)
        vectors = self.normalize(references[some])
        found, weights = self.reference_encoder(vectors, filling[some])
        embeddings = found.new_zeros(len(references), found.size(1))
        attention = weights.new_zeros(filling.shape)
        embeddings[some], attention[some] = F.normalize(found), weights
        return embeddings, attention

    def embed_queries(self, features: Tensor) -> Tensor:
        """(B, e) unit embeddings of features (B, d)."""
        return F.normalize(self.query_encoder.encode(self.normalize(features)))

    def forward(
        self, features: Tensor, labels: Tensor, class_embeddings: Tensor
    ) -> Tensor:
        """(B,) cosines of features (B, d) and the classes (B,) that they claim."""
        return (self.embed_queries(features) * class_embeddings[labels]).sum(dim=1)

    def loss(
        self,
        features: Tensor,
        labels: Tensor,
        verification: Tensor,
        references: Tensor,
        balance: float = 1.0,
    ) -> dict[str, Tensor]:
        """The terms of Eq. 9, each a mean over the batch.

        Of features (B, d), given labels (B,) int64, verification (B,) of 1, 0 and -1
        and references (K, R, d). Where the loss sets no weight of wrong labels, it is
        ``balance``.
        """
        present, places = labels.unique(return_inverse=True)
        classes, _ = self.embed_classes(references[present])
        features = self.normalize(features)
        code, reconstruction = self.query_encoder(features)
        error = (features - reconstruction).square().sum(dim=1).mean()
        similarity = (F.normalize(code) * classes[places]).sum(dim=1)
        matching = self.relevance_loss(similarity, verification, balance)
        weighted = self.reconstruction_weight * error
        return dict(loss_relevance=matching, loss_reconstruction=weighted)


@torch.no_grad()
def _begin_alike(reference: ReferenceSetEncoder, query: QueryAutoencoder) -> None:
    """Let a set of copies of a vector begin with (nearly) that vector's embedding.

    The layers of the query encoder are orthogonal, the first one so large that a unit
    vector gives its units values of about 1/2. The first units of the reference set
    encoder do what those of the query encoder do, the other ones contribute a little.
    """
    width, dim = query.hidden.weight.shape
    nn.init.orthogonal_(query.hidden.weight, max(width, dim) ** 0.5 / 2)
    nn.init.orthogonal_(query.code.weight)
    for layer in (query.hidden, query.code):
        nn.init.zeros_(layer.bias)
    reference.first.weight.mul_(0.1 * dim**0.5)
    reference.first.weight[:width] = query.hidden.weight
    reference.first.bias[:width] = query.hidden.bias
    reference.second.weight.mul_(0.1)
    reference.second.bias.zero_()
    reference.second.weight[:width, :width] += torch.eye(width)
    reference.embedding.weight.mul_(0.1)
    reference.embedding.weight[:, :width] = query.code.weight
    reference.embedding.bias.copy_(query.code.bias)
