"""Co-teaching (Han et al.; NeurIPS 2018)."""

from . import co_teaching
