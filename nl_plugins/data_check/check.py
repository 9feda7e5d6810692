"""All checks of the data of a config."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope

from .class_checks import class_findings, class_sizes, published_count
from .dataset_leaves import datasets_inside
from .duplicate_files import duplicate_findings
from .finding import ERROR, WARNING, Finding
from .image_check import check_images
from .image_status import ADVICE, DECODED, SKIPPABLE, ImageStatus
from .label_checks import COUNTED, label_findings, label_limit
from .noise_figures import noise_figures
from .parts import Part, build_parts
from .pipeline_checks import pipeline_findings
from .processes import default_workers, map_rows
from .survey import annotation_error, survey_samples

__all__ = ['DataReport', 'check_data']

FAST_SAMPLE = 1000


@dataclass(eq=False)
class DataReport:
    """What was found.

    Attributes:
        parts: The datasets, surveyed.
        num_classes: Of the model; None if the config does not tell.
        fast: Whether only a sample of the images was decoded.
        findings: Errors first.
    """

    parts: list[Part]
    num_classes: int | None
    fast: bool
    findings: list[Finding]

    @property
    def num_errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == ERROR for finding in self.findings)

    def figures(self, part: Part) -> dict[str, Any]:
        """Counts and noise of a part."""
        limit = label_limit(part, self.num_classes) or COUNTED
        return dict(
            part=part.name,
            dataset=type(part.dataset).__name__,
            num_samples=len(part),
            published_count=published_count(part),
            num_decoded=len(part.decoded),
            classes=[str(name) for name in part.class_names],
            class_counts=class_sizes(part, self.num_classes).tolist(),
            noise=noise_figures(part.survey, limit),
        )


def check_data(
    cfg: Config, workers: int | None = None, fast: bool = False
) -> DataReport:
    """Look at everything that the dataloaders of a config would read.

    Memory: about 80 bytes a sample besides the datasets themselves. Every image is
    read once and hashed while it is at hand, so sizes need not be compared first.

    Args:
        cfg: Of a training; nothing in it is changed.
        workers: Processes; by default as many as there are processors. With 0, all
            is done in this process.
        fast: Look whether all files are there, but decode only 1,000 images of each
            part (always the same) and compare no contents.

    Raises:
        ValueError: If the config has no dataloader, or ``workers`` is negative.
        RuntimeError: If a process dies.
    """
    workers = default_workers() if workers is None else workers
    if workers < 0:
        raise ValueError(f'workers must not be negative, got {workers}')
    num_classes = _num_classes(cfg)
    scope = cfg.get('default_scope', 'mmengine')  # as the runner does
    with DefaultScope.overwrite_default_scope(scope):
        parts, findings = build_parts(cfg)
        for part in parts:
            _look(part, workers, fast)
            findings += label_findings(part, num_classes) + _image_findings(part)
            findings += _note_findings(part)
        findings += class_findings(parts, num_classes)
        findings += pipeline_findings(cfg, parts)
        findings += duplicate_findings(parts)
    findings.sort(key=lambda finding: finding.level != ERROR)
    return DataReport(parts, num_classes, fast, findings)


def _num_classes(cfg: Config) -> int | None:
    model = cfg.get('model') or {}
    head = model.get('head')
    preprocessor = model.get('data_preprocessor') or cfg.get('data_preprocessor')
    for config in (head, preprocessor):
        if isinstance(config, dict) and config.get('num_classes') is not None:
            return int(config['num_classes'])
    return None


def _look(part: Part, workers: int, fast: bool) -> None:
    """Fill in what is to be known of the samples."""
    rows = np.arange(len(part))
    title = f'{part.name}: annotations and files'
    part.survey = map_rows(survey_samples, part, rows, workers, title)
    part.status = part.survey['status'].copy()
    rows = np.flatnonzero(part.status == ImageStatus.OK)
    if fast and len(rows) > FAST_SAMPLE:
        generator = np.random.default_rng(0)
        rows = np.sort(generator.choice(rows, FAST_SAMPLE, replace=False))
    part.decoded = rows
    if not rows.size:
        return
    images = map_rows(check_images, part, rows, workers, f'{part.name}: images')
    part.status[rows] = images['status']
    if not fast:
        part.digests[rows] = images['digest']


def _image_findings(part: Part) -> list[Finding]:
    findings = []
    for status, (problem, advice) in ADVICE.items():
        rows = np.flatnonzero(part.status == status)
        if rows.size == 0:
            continue
        skipped = part.loader.skips and status in SKIPPABLE and rows.size < len(part)
        harmless = status == ImageStatus.PARTIAL or skipped
        total = len(part.decoded) if status in DECODED else len(part)
        note = '; other samples take their places' if skipped else ''
        if status == ImageStatus.UNKNOWN:
            note = f'; the first error is {annotation_error(part, int(rows[0]))}'
        findings.append(
            Finding(
                WARNING if harmless else ERROR,
                f'image {status.name.lower()}',
                part.name,
                f'{rows.size:,} of {total:,} images {problem}{note}',
                advice,
                part.start + rows,
            )
        )
    return findings


def _note_findings(part: Part) -> list[Finding]:
    """What the datasets themselves found odd, and left out."""
    notes = [
        note
        for dataset in datasets_inside(part.dataset)
        for note in getattr(dataset, 'notes', ())
    ]
    if not notes:
        return []
    advice = 'see the docstring of the dataset for what the released data has of this'
    return [Finding(WARNING, 'notes', part.name, '; '.join(notes), advice)]
