"""Whether the features of several datasets are of one network."""

from collections.abc import Mapping
from typing import Any

__all__ = ['check_same_features']

MADE_BY = ('network', 'pipeline')


def check_same_features(datasets: Mapping[str, Any]) -> None:
    """Compare the feature files of a first dataset and others.

    Args:
        datasets: Datasets, or the metainfo of one, by what to call them in a message.

    Raises:
        ValueError: If some are of features and others of images, or the features are
            of another network or (view 0) pipeline.

    >>> first, other = (dict(features=dict(network=name)) for name in 'ab')
    >>> check_same_features({'the training set': first, 'the test set': other})
    Traceback (most recent call last):
        ...
    ValueError: the test set has features of another network than the training set...
    """
    found = {name: _identity(dataset) for name, dataset in datasets.items()}
    first = next(iter(found), '')
    for name, identity in found.items():
        other = [key for key in MADE_BY if identity.get(key) != found[first].get(key)]
        if not other:
            continue
        if not identity or not found[first]:
            kinds = ' and '.join(n for n, features in found.items() if features)
            raise ValueError(f'only {kinds} is of features (type="Features")')
        raise ValueError(
            f'{name} has features of another {other[0]} than {first}: extract '
            'both with the same config and checkpoint'
        )


def _identity(dataset: Any) -> Mapping[str, str]:
    metainfo = getattr(dataset, 'metainfo', dataset) or {}
    return metainfo.get('features') or {}
