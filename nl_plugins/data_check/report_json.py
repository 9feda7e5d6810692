"""Everything that was found, as JSON."""

import os

from ..formats.atomic_file import write_json
from .check import DataReport
from .finding import Finding
from .parts import locate

__all__ = ['write_report']


def write_report(path: str | os.PathLike, report: DataReport) -> None:
    """Write a report atomically.

    ``parts`` holds counts and noise; ``findings`` names all samples concerned, as
    ``samples`` (``part, sample_idx, img_path, label``) or, where several belong
    together, as ``groups`` of them.

    Raises:
        OSError: If the file cannot be written.
    """
    content = dict(
        num_classes=report.num_classes,
        fast=report.fast,
        num_errors=report.num_errors,
        num_warnings=len(report.findings) - report.num_errors,
        parts=[report.figures(part) for part in report.parts],
        findings=[_finding(finding, report) for finding in report.findings],
    )
    write_json(path, content)


def _finding(finding: Finding, report: DataReport) -> dict:
    """The fields; names of files that are not UTF-8 are escaped by JSON."""
    samples = []
    for number in finding.samples.tolist():
        part, row = locate(report.parts, number)
        samples.append(part.sample(row))
    content = dict(
        level=finding.level,
        check=finding.check,
        where=finding.where,
        message=finding.message,
        advice=finding.advice,
    )
    if finding.groups is None:
        return dict(content, samples=samples)
    groups: dict[int, list] = {}
    for group, sample in zip(finding.groups.tolist(), samples):
        groups.setdefault(group, []).append(sample)
    return dict(content, groups=list(groups.values()))
