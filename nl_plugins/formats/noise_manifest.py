"""The record of a noise draw: proof that two runs trained on the same labels."""

import hashlib
import json
import os
from typing import Any, Dict, List, Mapping

import numpy as np
from mmengine.dist import is_main_process

from .atomic_file import write_json

__all__ = ['label_hash', 'make_manifest', 'save_or_verify_manifest']


def label_hash(labels: np.ndarray) -> str:
    """SHA-256 of labels (N,) as little-endian int64, on every machine the same."""
    return hashlib.sha256(labels.astype('<i8').tobytes()).hexdigest()


def make_manifest(
    noise: Mapping[str, Any],
    seed: int,
    num_classes: int,
    true_labels: np.ndarray,
    noisy_labels: np.ndarray,
) -> Dict[str, Any]:
    """Describe a noise draw in JSON's types.

    Returns:
        The settings, the hashes of the drawn labels (``sha256``) and of the labels
        that they were drawn from (``inner_sha256``), the share of labels that
        changed, how often true class i became class j
        (``transition_counts[i][j]``), and the drawn labels.
    """
    counts = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(counts, (true_labels, noisy_labels), 1)
    changed = true_labels != noisy_labels
    manifest = dict(
        noise=noise,
        seed=seed,
        num_classes=num_classes,
        num_samples=len(noisy_labels),
        sha256=label_hash(noisy_labels),
        inner_sha256=label_hash(true_labels),
        noise_rate=float(changed.mean()) if len(changed) else 0.0,
        transition_counts=counts.tolist(),
        labels=noisy_labels.tolist(),
    )
    return json.loads(json.dumps(manifest, default=_to_json))


def save_or_verify_manifest(path: str, manifest: Dict[str, Any]) -> None:
    """Write the manifest, or compare it with the one that is there.

    Only the main process writes.

    Raises:
        ValueError: If the file holds another draw (it is never overwritten), or
            is no manifest.
    """
    if os.path.exists(path):
        differences = _differences(_load(path), manifest)
        if differences:
            raise ValueError(
                f'{path} records another noise draw than this one (remove it to '
                f'start anew): {"; ".join(differences)}'
            )
    elif is_main_process():
        write_json(path, manifest)


def _load(path: str) -> Dict[str, Any]:
    with open(path, encoding='utf-8') as file:
        try:
            stored = json.load(file)
        except ValueError as error:
            raise ValueError(f'{path} is no noise manifest: {error}') from error
    if not isinstance(stored, dict):
        raise ValueError(f'{path} is no noise manifest: it holds no object')
    return stored


def _differences(stored: Dict[str, Any], current: Dict[str, Any]) -> List[str]:
    texts = []
    for key, value in current.items():
        if key not in stored:
            texts.append(f'{key} is missing')
        elif stored[key] != value:
            texts.append(_difference(key, stored[key], value))
    return texts


def _difference(key: str, stored: Any, current: Any) -> str:
    if key == 'transition_counts':
        return f'{key} differ'
    if key != 'labels':
        return f'{key} was {stored!r}, is {current!r}'
    if not isinstance(stored, list) or len(stored) != len(current):
        return 'labels differ in number'
    rows = [row for row, pair in enumerate(zip(stored, current)) if pair[0] != pair[1]]
    return f'labels differ in {len(rows)} rows, the first is {rows[0]}'


def _to_json(value: Any) -> Any:
    """NumPy arrays and scalars, which a Python config may hold."""
    if hasattr(value, 'tolist'):
        return value.tolist()
    raise ValueError(f'the noise setting {value!r} cannot be written as JSON')
