"""What a check of the data found."""

from dataclasses import dataclass
from typing import Any

from .class_checks import COUNTED, class_sizes, published_count
from .finding import ERROR, Finding
from .noise_summary import noise_summary
from .parts import Part

__all__ = ['DataCheck']


@dataclass(eq=False)
class DataCheck:
    """Findings and a summary.

    Attributes:
        parts: The datasets, surveyed.
        num_classes: Number of classes of the model; None if the config does not tell.
        fast: Whether only a sample of the images was decoded.
        findings: What is wrong, errors first.
    """

    parts: list[Part]
    num_classes: int | None
    fast: bool
    findings: list[Finding]

    @property
    def num_errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == ERROR for finding in self.findings)

    @property
    def num_warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.num_errors

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
                published_count=published_count(part),
                num_decoded=len(part.decoded),
                classes=[str(name) for name in part.class_names],
                class_counts=class_sizes(part).tolist(),
                noise=noise_summary(part.survey, part.label_limit or COUNTED),
            )
            for part in self.parts
        ]

    def content(self) -> dict[str, Any]:
        """All of it, for a JSON file.

        ``parts`` is the summary; ``findings`` name all samples concerned, as
        ``samples`` (``part, sample_idx, img_path, label``) or, where several belong
        together, as ``groups`` of them.
        """
        return dict(
            num_classes=self.num_classes,
            fast=self.fast,
            num_errors=self.num_errors,
            num_warnings=self.num_warnings,
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
