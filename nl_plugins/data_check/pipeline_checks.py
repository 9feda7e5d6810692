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
from .parts import TRAIN, UNREAD, Part

__all__ = ['pipeline_findings']

_ADVICE = 'correct the pipeline of the dataset'


def pipeline_findings(cfg: Config, parts: Sequence[Part]) -> list[Finding]:
    """Send one good image of each part through its pipeline.

    In training ``sample_idx`` must be unique and packed. This is an error where a
    hook of this package is in the config, a warning where none is.

    Args:
        cfg: The config.
        parts: All of them, surveyed.
    """
    findings = []
    level = ERROR if _is_supervised(cfg) else WARNING
    for part in parts:
        good = np.flatnonzero(part.chosen & (part.survey['status'] == ImageStatus.OK))
        if good.size == 0:
            continue
        problem = _pipeline_problem(part, good[0])
        if problem:
            found = part.finding(ERROR, 'pipeline', problem, _ADVICE, good[:1])
            findings.append(found)
        elif part.split == TRAIN:
            findings += _identity(level, part, good[0])
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


def _pipeline_problem(part: Part, index: int) -> str:
    try:
        sample = Subset(part.dataset, [int(index)])[0]
    except Exception as error:  # of the user's pipeline
        return f'a good image fails in it: {type(error).__name__}: {error}'
    lacking = [key for key in ('inputs', 'data_samples') if key not in sample]
    if lacking:
        return f'it gives no {" and no ".join(lacking)}: does it end with PackInputs?'
    return ''


def _identity(level: str, part: Part, index: int) -> list[Finding]:
    findings = []
    try:
        check_packed_sample(Subset(part.dataset, [int(index)]))
    except ValueError as error:
        findings.append(part.finding(level, 'pipeline', str(error), _ADVICE))
    carried = part.survey['sample_idx']
    known = part.survey['label'] != UNREAD
    wrong = np.flatnonzero((carried != np.arange(len(part))) & known)
    if wrong.size:
        message = (
            f'{wrong.size:,} samples carry another `sample_idx` than their position '
            f'(sample {wrong[0]}: {carried[wrong[0]]}; -1: none)'
        )
        advice = 'let `get_data_info(i)` of the dataset give `sample_idx=i`'
        findings.append(part.finding(level, 'sample_idx', message, advice, wrong))
    return findings
