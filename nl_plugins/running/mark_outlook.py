"""How exact a noise rate is by the marks so far, and what more of them would give."""

from ..detection.label_estimate import FEWEST_DRAWN

__all__ = ['count_outlook', 'rate_outlook']

MORE = 200  # marks that an outlook speaks of


def rate_outlook(
    rate: float, error: float, count: int, size: int, more: int = MORE
) -> str:
    """What is known of the noise rate, and how much more marks would tell.

    The interval is that of 95 %, for the draw: it is honest only for samples that were
    drawn at random, each class its share. With n of N drawn, the standard error falls
    as the root of (1 - n / N) / n (sampling without replacement).

    Args:
        rate: Estimate of the share of wrong labels.
        error: Its standard error.
        count: n, the samples that were drawn and marked.
        size: N.
        more: How many more to speak of; fewer where fewer are left.

    Raises:
        ValueError: If nothing is marked, or more than there is.

    >>> rate_outlook(0.38, 0.0255, 60, 10_000)
    'noise rate 0.38 ± 0.05 from 60 random marks; 200 more would give ± 0.02'
    >>> rate_outlook(0.38, 0.0, 60, 60)
    'noise rate 0.38 ± 0.00 from 60 random marks'
    """
    if not 0 < count <= size:
        raise ValueError(f'{count} of {size} samples cannot be marked')
    text = f'noise rate {rate:.2f} ± {1.96 * error:.2f} from {count} random marks'
    more = min(more, size - count)
    if not more:
        return text
    now, then = (1 / number - 1 / size for number in (count, count + more))
    left = 1.96 * error * (then / now) ** 0.5
    return f'{text}; {more} more would give ± {left:.2f}'


def count_outlook(wrong: int, count: int, size: int) -> str:
    """:func:`rate_outlook` of marks alone, without the scores that `find` has.

    The share of the drawn whose label is wrong; its error is that of one more sample
    of each kind, since a share of 0 is not certain. Fewer than 20 marks say how many
    are missing.

    >>> count_outlook(23, 60, 10_000)
    'noise rate 0.38 ± 0.12 from 60 random marks; 200 more would give ± 0.06'
    >>> count_outlook(1, 8, 10_000)
    '8 random marks: 12 more, and the noise rate can be told from them'
    """
    if count < FEWEST_DRAWN:
        missing = FEWEST_DRAWN - count
        what = 'and the noise rate can be told from them'
        return f'{count} random marks: {missing} more, {what}'
    share = (wrong + 1) / (count + 2)
    error = (share * (1 - share) * (1 / count - 1 / size)) ** 0.5
    return rate_outlook(wrong / count, error, count, size)
