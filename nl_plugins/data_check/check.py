"""All checks of the data of a config."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope

from .build_parts import build_parts
from .class_checks import COUNTED, class_findings, class_sizes, published_count
from .duplicate_files import duplicate_findings
from .finding import ERROR, WARNING, Finding
from .image_findings import image_findings
from .label_checks import label_findings
from .noise_summary import noise_summary
from .parts import Part
from .pipeline_checks import pipeline_findings
from .processes import default_workers, map_indices
from .survey import survey_samples

__all__ = ['DataCheck', 'check_data']

FAST_SAMPLE = 1000


@dataclass(eq=False)
class DataCheck:
    """What a check found.

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

    def summary(self) -> list[dict[str, Any]]:
        """Counts and noise of each part."""
        return [_summary(part) for part in self.parts]

    def locate(self, number: int) -> tuple[Part, int]:
        """The part and the index of a sample that is counted through all parts."""
        part = next(p for p in reversed(self.parts) if p.start <= number)
        return part, int(number) - part.start


def check_data(
    cfg: Config, workers: int | None = None, fast: bool = False
) -> DataCheck:
    """Look at everything that the dataloaders of a config would read.

    Memory: about 80 bytes a sample besides the datasets themselves.

    Args:
        cfg: The config of a training; nothing in it is changed.
        workers: Number of processes; by default as many as there are processors. With
            0, all is done in this process.
        fast: Look whether all files are there, but decode only 1,000 images of each
            part, drawn with a fixed seed, and compare no contents.

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
        parts, findings = build_parts(cfg, num_classes)
        for part in parts:
            _look(part, workers, fast)
            findings += label_findings(part) + image_findings(part)
            findings += _note_findings(part)
        findings += class_findings(parts)
        findings += pipeline_findings(cfg, parts)
        findings += duplicate_findings(parts)
    findings.sort(key=lambda finding: finding.level != ERROR)
    return DataCheck(parts, num_classes, fast, findings)


def _num_classes(cfg: Config) -> int | None:
    model = cfg.get('model') or {}
    preprocessor = model.get('data_preprocessor') or cfg.get('data_preprocessor')
    for config in (model.get('head'), preprocessor):
        if isinstance(config, dict) and config.get('num_classes') is not None:
            return int(config['num_classes'])
    return None


def _look(part: Part, workers: int, fast: bool) -> None:
    """Fill in what is to be known of the samples."""
    if fast and len(part) > FAST_SAMPLE:
        generator = np.random.default_rng(0)
        part.chosen[:] = False
        part.chosen[generator.choice(len(part), FAST_SAMPLE, replace=False)] = True
    indices, title = np.arange(len(part)), f'{part.name}: annotations and images'
    part.survey = map_indices(survey_samples, part, indices, workers, title)
    if fast:
        part.survey['content'] = b''


def _note_findings(part: Part) -> list[Finding]:
    """What the datasets themselves found odd, and left out."""
    notes = [note for data in part.datasets() for note in getattr(data, 'notes', ())]
    if not notes:
        return []
    advice = 'see the docstring of the dataset for what the released data has of this'
    return [part.finding(WARNING, 'notes', '; '.join(notes), advice)]


def _summary(part: Part) -> dict[str, Any]:
    return dict(
        part=part.name,
        dataset=type(part.dataset).__name__,
        num_samples=len(part),
        published_count=published_count(part),
        num_decoded=len(part.decoded),
        classes=[str(name) for name in part.class_names],
        class_counts=class_sizes(part).tolist(),
        noise=noise_summary(part.survey, part.label_limit or COUNTED),
    )
