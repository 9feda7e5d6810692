"""All checks of the data of a config."""

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope

from .build_parts import build_parts
from .check_result import DataCheck
from .class_checks import class_findings, label_findings
from .duplicate_files import duplicate_findings
from .finding import ERROR
from .image_findings import image_findings
from .parts import Part
from .pipeline_checks import pipeline_findings
from .processes import map_indices, number_of_workers

__all__ = ['check_data']

FAST_SAMPLE = 1000


def check_data(
    cfg: Config, workers: int | None = None, fast: bool = False
) -> DataCheck:
    """Look at everything that the dataloaders and hooks of a config would read.

    Memory: about 140 bytes per sample besides the datasets themselves.

    Args:
        cfg: The config of a training; nothing in it is changed.
        workers: Number of processes, by default of processors; 0 for none but this.
        fast: Look whether all files are there, but decode only 1,000 images of each
            part, drawn with a fixed seed, and compare no contents.

    Raises:
        ValueError: If the config has no dataloader, or ``workers`` is negative.
        RuntimeError: If a process dies.
    """
    workers = number_of_workers(workers)
    num_classes = _num_classes(cfg)
    scope = cfg.get('default_scope') or 'mmpretrain'
    with DefaultScope.overwrite_default_scope(scope):
        parts, findings = build_parts(cfg, num_classes)
        for part in parts:
            _look(part, workers, fast)
            findings += [*label_findings(part), *image_findings(part)]
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
    if fast and len(part) > FAST_SAMPLE:
        drawn = np.random.default_rng(0).choice(len(part), FAST_SAMPLE, replace=False)
        part.chosen = np.isin(np.arange(len(part)), drawn)
    indices, title = np.arange(len(part)), f'{part.name}: samples and images'
    part.survey = map_indices(Part.look, part, indices, workers, title)
    if fast:
        part.survey['content'] = b''
        part.survey['look'] = 0
