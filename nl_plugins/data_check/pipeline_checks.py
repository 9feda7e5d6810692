"""Whether samples come through the pipelines and keep their identity."""

from collections.abc import Iterator, Sequence

import numpy as np
from mmengine.config import Config
from mmpretrain.registry import HOOKS
from torch.utils.data import Subset

from ..supervision.start_checks import check_packed_sample
from ..supervision.supervision_hook import SupervisionHook
from .finding import ERROR, WARNING, Finding
from .image_check import ImageStatus
from .parts import TRAIN, UNREAD, Part

__all__ = ['pipeline_findings']

_ADVICE = 'correct the pipeline of the dataset'


def pipeline_findings(cfg: Config, parts: Sequence[Part]) -> Iterator[Finding]:
    """Send one good image of each surveyed part through its pipeline.

    In training ``sample_idx`` must be unique and packed. This is an error where a
    hook of this package is in the config, a warning where none is.
    """
    level = ERROR if _is_supervised(cfg) else WARNING
    for part in parts:
        good = np.flatnonzero(part.chosen & (part.survey['status'] == ImageStatus.OK))
        if not good.size:
            continue
        index = int(good[0])
        problem = _pipeline_problem(part, index)
        if problem:
            yield part.finding(ERROR, 'pipeline', problem, _ADVICE, [index])
        elif part.split == TRAIN:
            yield from _identity(level, part, index)
    number = sum(part.split == TRAIN for part in parts)
    if number > 1:
        message = f'{number} datasets are concatenated, which repeats sample_idx'
        advice = (
            'wrap them as dict(type="NoisyLabels", dataset=dict(type="ConcatDataset", '
            '...)), which gives every sample an index of its own and changes no label'
        )
        yield Finding(level, 'sample_idx', TRAIN, message, advice)


def _is_supervised(cfg: Config) -> bool:
    hooks = cfg.get('custom_hooks') or []
    kinds = (h.get('type') if isinstance(h, dict) else type(h) for h in hooks)
    classes = (HOOKS.get(kind) if isinstance(kind, str) else kind for kind in kinds)
    return any(kind and issubclass(kind, SupervisionHook) for kind in classes)


def _pipeline_problem(part: Part, index: int) -> str:
    try:
        sample = Subset(part.dataset, [index])[0]
    except Exception as error:  # of the user's pipeline
        return f'a good image fails in it: {type(error).__name__}: {error}'
    lacking = [key for key in ('inputs', 'data_samples') if key not in sample]
    if lacking:
        return f'it gives no {" and no ".join(lacking)}: does it end with PackInputs?'
    return ''


def _identity(level: str, part: Part, index: int) -> Iterator[Finding]:
    try:
        check_packed_sample(Subset(part.dataset, [index]))
    except ValueError as error:
        yield part.finding(level, 'pipeline', str(error), _ADVICE)
    carried, labels = part.survey['sample_idx'], part.survey['label']
    wrong = np.flatnonzero((carried != np.arange(len(part))) & (labels != UNREAD))
    if wrong.size:
        message = (
            f'{wrong.size:,} samples carry another `sample_idx` than their position '
            f'(sample {wrong[0]}: {carried[wrong[0]]}; -1: none)'
        )
        advice = 'let `get_data_info(i)` of the dataset give `sample_idx=i`'
        yield part.finding(level, 'sample_idx', message, advice, wrong)
