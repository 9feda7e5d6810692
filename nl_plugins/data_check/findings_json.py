"""Everything that was found, as JSON."""

import os

from ..formats.atomic_file import write_json
from .check import DataCheck
from .finding import Finding

__all__ = ['write_findings']


def write_findings(path: str | os.PathLike, checked: DataCheck) -> None:
    """Write what a check found, atomically.

    ``parts`` holds counts and noise; ``findings`` names all samples concerned, as
    ``samples`` (``part, sample_idx, img_path, label``) or, where several belong
    together, as ``groups`` of them. Names of files that are not UTF-8 are escaped.

    Raises:
        OSError: If the file cannot be written.
    """
    content = dict(
        num_classes=checked.num_classes,
        fast=checked.fast,
        num_errors=checked.num_errors,
        num_warnings=checked.num_warnings,
        parts=checked.summary(),
        findings=[_content(finding, checked) for finding in checked.findings],
    )
    write_json(path, content)


def _content(finding: Finding, checked: DataCheck) -> dict:
    located = (checked.locate(number) for number in finding.samples.tolist())
    samples = [part.sample(index) for part, index in located]
    names = ('level', 'check', 'where', 'message', 'advice')
    content = {name: getattr(finding, name) for name in names}
    if finding.groups is None:
        return dict(content, samples=samples)
    groups: dict[int, list] = {}
    for group, sample in zip(finding.groups.tolist(), samples):
        groups.setdefault(group, []).append(sample)
    return dict(content, groups=list(groups.values()))
