"""How far two predictions of the same image lie apart."""

from torch import Tensor

from ..checks import check_finite, check_matrix

__all__ = ['consistency', 'squared_distance']


def consistency(probs_a: Tensor, probs_b: Tensor) -> Tensor:
    r""":math:`\|z^1_i - z^2_i\|_2^2` for each image, Ding et al. Eq. 1.

    Gradients flow through both arguments; half precision is computed in float32.

    Args:
        probs_a: (B, K) softmax outputs.
        probs_b: (B, K), those of another pass over the same images.

    Returns:
        (B,), the sum over the classes.

    Raises:
        ValueError: Wrong rank, unequal shapes, values that are not finite.
    """
    for probs, name in ((probs_a, 'probs_a'), (probs_b, 'probs_b')):
        check_finite(check_matrix(probs, name), name)
    if probs_a.shape != probs_b.shape:
        raise ValueError(
            f'probs_a has shape {tuple(probs_a.shape)}, but probs_b '
            f'{tuple(probs_b.shape)}'
        )
    return squared_distance(probs_a, probs_b)


def squared_distance(probs_a: Tensor, probs_b: Tensor) -> Tensor:
    """:func:`consistency`, unchecked: a check makes a GPU wait in every step."""
    if probs_a.dtype != probs_b.dtype or probs_a.element_size() < 4:
        probs_a, probs_b = probs_a.float(), probs_b.float()
    return (probs_a - probs_b).square().sum(dim=1)
