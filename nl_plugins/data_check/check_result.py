"""What a check of the data found."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .class_checks import COUNTED, class_sizes
from .finding import ERROR, Finding
from .parts import Part

__all__ = ['DataCheck', 'noise_summary']


@dataclass(eq=False)
class DataCheck:
    """The surveyed parts, and what is wrong with them, errors first."""

    parts: list[Part]
    num_classes: int | None  # of the model; None if the config does not tell
    fast: bool  # only a sample of the images was decoded
    findings: list[Finding]

    @property
    def num_errors(self) -> int:
        """How many findings are errors; the others are warnings."""
        return sum(finding.level == ERROR for finding in self.findings)

    def locate(self, number: int) -> tuple[Part, int]:
        """The part and the index of a sample that is counted through all parts."""
        part = next(p for p in reversed(self.parts) if p.start <= number)
        return part, int(number) - part.start

    def summary(self) -> list[dict[str, Any]]:
        """Counts and noise of each part."""
        return [
            dict(
                part=part.name,
                dataset=type(part.dataset).__name__,
                num_samples=len(part),
                published_count=part.published_count,
                num_decoded=len(part.decoded),
                classes=[str(name) for name in part.class_names],
                class_counts=class_sizes(part).tolist(),
                noise=noise_summary(part.survey, part.label_limit or COUNTED),
            )
            for part in self.parts
        ]

    def content(self) -> dict[str, Any]:
        """All of it, for a JSON file.

        ``findings`` name all samples concerned (``part, sample_idx, img_path, label``),
        as ``samples`` or, where several belong together, as ``groups`` of them.
        """
        return dict(
            num_classes=self.num_classes,
            fast=self.fast,
            num_errors=self.num_errors,
            num_warnings=len(self.findings) - self.num_errors,
            parts=self.summary(),
            findings=[self._content(finding) for finding in self.findings],
        )

    def _content(self, finding: Finding) -> dict:
        content = vars(finding).copy()
        numbers, groups = content.pop('samples'), content.pop('groups')
        located = (self.locate(number) for number in numbers.tolist())
        samples = [part.sample(index) for part, index in located]
        if groups is None:
            return dict(content, samples=samples)
        members: dict[int, list] = {}
        for group, sample in zip(groups.tolist(), samples):
            members.setdefault(group, []).append(sample)
        return dict(content, groups=list(members.values()))


def noise_summary(survey: np.ndarray, limit: int) -> dict[str, Any]:
    """How noisy the given labels are, as far as true or verification labels tell.

    Args:
        survey: (N,) records of :data:`~.parts.SURVEY`.
        limit: Labels of this and more are left out.

    Returns:
        Where a true label is known, ``true_label``: ``known`` (how many), ``rate``,
        ``transition_counts``, ``[true, given, count]`` by count, then by class.
        Where labels were verified, ``verification``: ``known``, ``rate`` and
        ``classes``, ``[given, known, wrong]``.
    """
    given, true = survey['label'], survey['true_label']
    verification, usable = survey['verification'], (given >= 0) & (given < limit)
    summary: dict[str, Any] = {}
    known = usable & (true >= 0) & (true < limit)
    if known.any():
        changes = np.stack([true[known], given[known]])
        pairs, counts = np.unique(changes, axis=1, return_counts=True)
        order = np.argsort(-counts, kind='stable')
        summary['true_label'] = dict(
            known=len(changes[0]),
            rate=float((changes[0] != changes[1]).mean()),
            transition_counts=np.vstack([pairs, counts])[:, order].T.tolist(),
        )
    known = usable & ((verification == 0) | (verification == 1))
    if known.any():
        wrong = verification[known] == 0
        classes, places = np.unique(given[known], return_inverse=True)
        columns = [classes, np.bincount(places), np.bincount(places, wrong)]
        summary['verification'] = dict(
            known=len(wrong),
            rate=float(wrong.mean()),
            classes=np.column_stack(columns).astype(int).tolist(),
        )
    return summary
