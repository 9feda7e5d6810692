"""Whether samples come through the pipelines and keep their identity."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.dataset import Compose
from torch.utils.data import Subset

from ..datasets.nested import nested
from ..supervision.start_checks import check_packed_sample
from ..supervision.supervision_hook import SupervisionHook
from ..supervision.table_hook import TableHook
from ..supervision.walk import Walk
from .finding import ERROR, WARNING, Finding
from .hook_settings import hook_settings
from .image_check import ImageStatus
from .parts import MEASURED, TRAIN, UNREAD, Part

__all__ = ['pipeline_findings']

_ADVICE = 'correct the pipeline of the dataset'
_WALK_ADVICE = (
    'the hook looks at the images it learns from with this pipeline (by default that '
    'of validation, else test): give the hook `pipeline=[...]` that suits them'
)


def pipeline_findings(cfg: Config, parts: Sequence[Part]) -> Iterator[Finding]:
    """Send one good image of each surveyed part through its pipelines.

    Those are its own for what dataloaders read, and those of the hooks' walks for what
    is learnt from. In training ``sample_idx`` must be unique and packed. This is an
    error where a hook of this package is in the config, a warning where none is.
    """
    kinds = [kind for _, kind, _ in hook_settings(cfg)]
    supervised = any(issubclass(kind, SupervisionHook) for kind in kinds)
    level = ERROR if supervised else WARNING
    walks = _walk_pipelines(cfg, parts)
    for part in parts:
        good = np.flatnonzero(part.chosen & (part.survey['status'] == ImageStatus.OK))
        if not good.size:
            continue
        index = int(good[0])
        if part.split not in MEASURED:
            for name, pipeline in walks.items():
                problem = _walk_problem(part, index, pipeline)
                if problem:
                    yield part.finding(ERROR, name, problem, _WALK_ADVICE, [index])
        loaded = part.split in (TRAIN, *MEASURED)
        problem = _pipeline_problem(part, index) if loaded else ''
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


def _walk_pipelines(cfg: Config, parts: Sequence[Part]) -> dict[str, Any]:
    """The pipelines of the hooks' walks, by where they stand in the config."""
    measured = (nested(part.dataset) for part in parts if part.split in MEASURED)
    given = (getattr(data, 'pipeline', None) for data in chain.from_iterable(measured))
    default = next(filter(None, given), None)
    found = {}
    for name, kind, settings in hook_settings(cfg):
        if issubclass(kind, TableHook):
            own = settings.get('pipeline')
            name = 'pipeline of the walk' if own is None else f'{name}.pipeline'
            found[name] = default if own is None else own
    return found


def _walk_problem(part: Part, index: int, pipeline: Any) -> str:
    if pipeline is None:
        return 'there is no validation or test dataset to take it from'
    try:
        steps = pipeline if callable(pipeline) else Compose(pipeline)
        if Walk(part.dataset, steps).image(index) is None:
            return 'it gives up on a good image'
    except Exception as error:  # of the user's pipeline
        cause = error.__cause__ or error
        return f'a good image fails in it: {type(cause).__name__}: {cause}'
    return ''


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
