"""An estimate of how many labels are wrong."""

from dataclasses import dataclass

from ..checks import check_fraction

__all__ = ['NoiseRate']


@dataclass(frozen=True)
class NoiseRate:
    """A share of wrong labels, and the interval that it lies in with 95 %.

    A ValueError tells unless 0 <= low <= rate <= high <= 1.

    >>> print(NoiseRate(0.31, 0.28, 0.335))
    31 % (28 to 34 %)
    >>> print(NoiseRate(0.004, 0.0, 0.0121))
    0.4 % (0.0 to 1.2 %)
    """

    rate: float
    low: float
    high: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            check_fraction(value, name, zero=True)
        if not self.low <= self.rate <= self.high:
            order = 'a noise rate lies between low and high'
            raise ValueError(f'{order}, but got {self}')

    @classmethod
    def of_error(cls, rate: float, error: float) -> 'NoiseRate':
        """From a share and its standard error."""
        low, high = max(0.0, rate - 1.96 * error), min(1.0, rate + 1.96 * error)
        return cls(rate, low, high)

    def __str__(self) -> str:
        digits = 1 if self.high < 0.1 else 0
        rate, low, high = (f'{100 * v:.{digits}f}' for v in vars(self).values())
        return f'{rate} % ({low} to {high} %)'
