"""Which samples of a data set can be used, and which are there twice."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data_check.check_result import DataCheck
from ..data_check.class_checks import class_findings, label_findings
from ..data_check.duplicate_files import duplicate_findings
from ..data_check.equal_keys import equal_keys
from ..data_check.image_check import ImageStatus
from ..data_check.image_findings import image_findings
from ..data_check.parts import TRAIN, Part
from ..data_check.processes import map_indices, number_of_workers

__all__ = ['SampleSurvey', 'survey_samples']


@dataclass(frozen=True, eq=False)
class SampleSurvey:
    """What :func:`survey_samples` saw of N samples."""

    check: DataCheck
    usable: np.ndarray  # (n,) indices of the samples that have a whole image
    # positions among the usable samples, for each content that several of them share
    copies: list[np.ndarray]

    @property
    def contents(self) -> list[str]:
        """The digests of the usable images, in hexadecimal."""
        found = self.check.parts[0].survey['content'][self.usable].tolist()
        return [content.ljust(16, b'\0').hex() for content in found]


def survey_samples(dataset: Any, workers: int | None = None) -> SampleSurvey:
    """Read every image of a data set, with a progress bar.

    Args:
        dataset: Numbered samples, see ``NoisyLabels``.
        workers: Processes, as many as processors by default; 0 for none but this.

    Raises:
        ValueError: If no image can be used, or ``workers`` is negative.
    """
    part = Part('images', TRAIN, dataset, True, 0, None)
    workers = number_of_workers(workers)
    indices = np.arange(len(part))
    part.survey = map_indices(Part.look, part, indices, workers, 'looking at images')
    findings = [*label_findings(part), *image_findings(part), *class_findings([part])]
    findings += duplicate_findings([part])
    usable = np.flatnonzero(part.survey['status'] == ImageStatus.OK)
    if not len(usable):
        first = findings[0].message if findings else ''
        raise ValueError(f'none of {len(part)} images can be used: {first}')
    copies = [*equal_keys(part.survey['content'][usable], unknown=b'')]
    return SampleSurvey(DataCheck([part], None, False, findings), usable, copies)
