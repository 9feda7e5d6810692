"""All checks of the data of a config."""

from collections.abc import Iterator

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope

from ..checks import check_count
from .build_parts import build_parts
from .class_checks import class_findings
from .data_check import DataCheck
from .duplicate_files import duplicate_findings
from .finding import ERROR, WARNING, Finding
from .image_findings import image_findings
from .label_checks import label_findings
from .parts import Part
from .pipeline_checks import pipeline_findings
from .processes import default_workers, map_indices
from .survey import survey_samples

__all__ = ['check_data']

FAST_SAMPLE = 1000


def check_data(
    cfg: Config, workers: int | None = None, fast: bool = False
) -> DataCheck:
    """Look at everything that the dataloaders of a config would read.

    Memory: about 80 bytes per sample besides the datasets themselves.

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
    check_count(workers, 'workers', minimum=0)
    num_classes = _num_classes(cfg)
    scope = cfg.get('default_scope', 'mmengine')  # as the runner does
    with DefaultScope.overwrite_default_scope(scope):
        parts, findings = build_parts(cfg, num_classes)
        for part in parts:
            _look(part, workers, fast)
            for check in (label_findings, image_findings, _note_findings):
                findings += check(part)
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


def _note_findings(part: Part) -> Iterator[Finding]:
    """What the datasets themselves found odd, and left out."""
    notes = [note for data in part.datasets() for note in getattr(data, 'notes', ())]
    if notes:
        advice = 'see the docstring of the dataset for what the release has of this'
        yield part.finding(WARNING, 'notes', '; '.join(notes), advice)
