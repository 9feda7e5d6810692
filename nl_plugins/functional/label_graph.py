"""Similarity of classes by the embeddings of their labels."""

from torch import Tensor

from ..checks import check_features
from .numerics import unit_rows
from .prototypes import cosine_matrix

__all__ = ['label_similarity']


def label_similarity(embeddings: Tensor) -> Tensor:
    """Cosine of all pairs of label embeddings, SINet (Cheng et al. 2020) Eq. 2.

    Args:
        embeddings: (C, d), one row a class.

    Returns:
        (C, C), equal to its transpose, with ones on the diagonal and none above;
        float64 for float64 embeddings, otherwise float32.

    Raises:
        ValueError: Wrong rank, no rows, NaN, infinity or a row of zero norm.
    """
    return cosine_matrix(
        unit_rows(check_features(embeddings, 'embeddings'), 'embeddings')
    )
