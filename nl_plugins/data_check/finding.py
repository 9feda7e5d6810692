"""One thing that is wrong, and what to do about it."""

from dataclasses import dataclass, field

import numpy as np

__all__ = ['ERROR', 'WARNING', 'Finding']

ERROR = 'error'  # training, validation or test would stop
WARNING = 'warning'  # they would run, perhaps to a wrong result


@dataclass(frozen=True, eq=False)
class Finding:
    """What a check found."""

    level: str
    check: str  # a short name of what was looked at
    where: str  # the part of the data
    message: str
    advice: str
    # (n,) int64, numbers of the samples concerned, counted through all parts
    samples: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    # (n,) int64, equal for samples that belong together; None if each is for itself
    groups: np.ndarray | None = None
