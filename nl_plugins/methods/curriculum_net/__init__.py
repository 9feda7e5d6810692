"""CurriculumNet (Guo et al.; ECCV 2018)."""

from . import curriculum_hook
