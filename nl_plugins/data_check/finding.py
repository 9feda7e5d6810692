"""One thing that is wrong, and what to do about it."""

from dataclasses import dataclass, field

import numpy as np

__all__ = ['ERROR', 'WARNING', 'Finding']

ERROR = 'error'
WARNING = 'warning'


@dataclass(frozen=True, eq=False)
class Finding:
    """What a check found.

    Attributes:
        level: ``'error'``: training, validation or test would stop; ``'warning'``:
            they would run, perhaps to a wrong result.
        check: A short name of what was looked at.
        where: The part of the data.
        message: What is wrong.
        advice: What to do.
        samples: (n,) int64, numbers of the samples concerned, counted through all
            parts of the data.
        groups: (n,) int64, equal for samples that belong together; None if each
            stands for itself.
    """

    level: str
    check: str
    where: str
    message: str
    advice: str
    samples: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    groups: np.ndarray | None = None
