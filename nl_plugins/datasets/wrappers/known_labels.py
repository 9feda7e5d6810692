"""Which labels of a dataset are clean and which noisy."""

from typing import Any

import numpy as np

__all__ = ['known_labels']


def known_labels(dataset: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """The labels that ``CleanLabels`` tells, also inside.

    Args:
        dataset: Any MMEngine dataset, also a wrapper with ``get_data_info``.

    Returns:
        (N,) clean and (N,) noisy labels, integers, -1 where unknown; None if the
        dataset does not tell them.
    """
    if hasattr(dataset, 'clean_labels'):
        return dataset.clean_labels, dataset.noisy_labels
    if not len(dataset) or 'clean_label' not in dataset.get_data_info(0):
        return None
    infos = (dataset.get_data_info(row) for row in range(len(dataset)))
    pairs = [(info['clean_label'], info['noisy_label']) for info in infos]
    clean, noisy = np.array(pairs, dtype=np.int32).T
    return clean, noisy
