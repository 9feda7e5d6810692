"""Look into the dataset that :class:`NoisyLabels` wraps."""

import re
from typing import Any, List, Sequence

from mmengine.dataset import BaseDataset, ClassBalancedDataset, RepeatDataset
from mmpretrain.registry import DATASETS

from ..in_memory.in_memory import InMemory

__all__ = ['build_inner', 'leaf_datasets', 'shared_pipeline']


def build_inner(dataset: Any) -> Any:
    """Build a dataset from its config (or take it as it is) and check its kind.

    Raises:
        ValueError: If it repeats samples or is of another kind.
    """
    if isinstance(dataset, dict):
        dataset = DATASETS.build(dataset)
    for leaf in leaf_datasets(dataset):
        if not hasattr(leaf, 'get_data_info'):
            raise ValueError(
                f'{type(leaf).__name__} inside NoisyLabels is no dataset of MMEngine'
            )
    return dataset


def leaf_datasets(dataset: Any) -> List[Any]:
    """The datasets that hold the samples, below ConcatDataset and KFoldDataset.

    Raises:
        ValueError: If a wrapper on the way repeats samples: each repetition would
            draw a label of its own, and count as a sample of its own. Likewise for
            InMemory, which belongs around NoisyLabels.
    """
    if isinstance(dataset, (RepeatDataset, ClassBalancedDataset)):
        name = type(dataset).__name__
        raise ValueError(
            f'{name} inside NoisyLabels would give the repetitions of a sample '
            f'different labels; wrap it around instead: '
            f'{name}(dataset=dict(type="NoisyLabels", ...))'
        )
    if isinstance(dataset, InMemory):
        raise ValueError(
            'InMemory inside NoisyLabels could not serve whole batches; wrap it '
            'around instead: InMemory(dataset=dict(type="NoisyLabels", ...))'
        )
    if isinstance(dataset, BaseDataset):
        return [dataset]
    children = getattr(dataset, 'datasets', None)
    if children is None:
        child = getattr(dataset, 'dataset', None)
        children = [] if child is None else [child]
    leaves = [leaf for child in children for leaf in leaf_datasets(child)]
    return leaves or [dataset]


def shared_pipeline(leaves: Sequence[Any]) -> list:
    """The transforms of the datasets, which must be the same in all of them.

    Raises:
        ValueError: If they differ.
    """
    pipelines = [
        getattr(getattr(leaf, 'pipeline', None), 'transforms', []) for leaf in leaves
    ]
    texts = [re.sub(r' at 0x[0-9a-f]+', '', repr(pipeline)) for pipeline in pipelines]
    for number, text in enumerate(texts):
        if text != texts[0]:
            raise ValueError(
                f'dataset {number} inside NoisyLabels has another pipeline than '
                'dataset 0; give NoisyLabels the pipeline to use'
            )
    return list(pipelines[0])
