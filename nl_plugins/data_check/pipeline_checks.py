"""Whether samples come through the pipelines and keep their identity."""

from collections.abc import Sequence

import numpy as np
from mmengine.config import Config
from mmpretrain.registry import HOOKS
from torch.utils.data import Subset

from ..supervision.start_checks import check_packed_sample
from ..supervision.supervision_hook import SupervisionHook
from .finding import ERROR, WARNING, Finding
from .image_status import ImageStatus
from .parts import TRAIN, Part

__all__ = ['pipeline_findings']

_MEND = 'mend the pipeline of the dataset'


def pipeline_findings(cfg: Config, parts: Sequence[Part]) -> list[Finding]:
    """Send one good image of each part through its pipeline.

    In training ``sample_idx`` must be unique and packed. This is an error where a
    hook of this package is in the config, a warning where none is.

    Args:
        cfg: The config.
        parts: Surveyed, with the status of their images.
    """
    findings = []
    level = ERROR if _is_supervised(cfg) else WARNING
    for part in parts:
        good = part.decoded[part.status[part.decoded] == ImageStatus.OK]
        if good.size == 0:
            continue
        row = int(good[0])
        problem = _pipeline_problem(part, row)
        if problem:
            sample = np.array([part.start + row])
            findings.append(
                Finding(ERROR, 'pipeline', part.name, problem, _MEND, sample)
            )
        elif part.split == TRAIN:
            findings += _identity(level, part, row)
    training = [part for part in parts if part.split == TRAIN]
    if len(training) > 1:
        message = f'{len(training)} datasets are concatenated, which repeats sample_idx'
        advice = (
            'wrap them as dict(type="NoisyLabels", dataset=dict(type="ConcatDataset", '
            '...)), which gives every sample an index of its own and changes no label'
        )
        findings.append(Finding(level, 'sample_idx', TRAIN, message, advice))
    return findings


def _is_supervised(cfg: Config) -> bool:
    hooks = cfg.get('custom_hooks') or []
    kinds = (h.get('type') if isinstance(h, dict) else type(h) for h in hooks)
    classes = (HOOKS.get(kind) if isinstance(kind, str) else kind for kind in kinds)
    return any(
        kind is not None and issubclass(kind, SupervisionHook) for kind in classes
    )


def _pipeline_problem(part: Part, row: int) -> str:
    try:
        sample = Subset(part.dataset, [row])[0]
    except Exception as error:
        return f'a good image fails in it: {type(error).__name__}: {error}'
    lacking = [key for key in ('inputs', 'data_samples') if key not in sample]
    if lacking:
        return f'it gives no {" and no ".join(lacking)}: does it end with PackInputs?'
    return ''


def _identity(level: str, part: Part, row: int) -> list[Finding]:
    findings = []
    try:
        check_packed_sample(Subset(part.dataset, [row]))
    except ValueError as error:
        findings.append(Finding(level, 'pipeline', part.name, str(error), _MEND))
    index = part.survey['sample_idx']
    known = part.survey['status'] != ImageStatus.UNKNOWN
    wrong = np.flatnonzero((index != np.arange(len(index))) & known)
    if wrong.size:
        message = (
            f'{wrong.size:,} samples carry another `sample_idx` than their position '
            f'(sample {wrong[0]}: {index[wrong[0]]}; -1: none)'
        )
        advice = 'let `get_data_info(i)` of the dataset give `sample_idx=i`'
        samples = part.start + wrong
        findings.append(
            Finding(level, 'sample_idx', part.name, message, advice, samples)
        )
    return findings
