"""The record of a noise draw: proof that two runs trained on the same labels."""

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from mmengine.dist import is_main_process

from .atomic_file import write_json
from .fingerprint import fingerprint
from .json_file import read_json

__all__ = ['label_hash', 'make_manifest', 'save_or_verify_manifest']


def label_hash(labels: np.ndarray) -> str:
    """The fingerprint of labels (N,), whatever their integer type."""
    return fingerprint(labels.astype(np.int64))


def make_manifest(
    noise: Mapping[str, Any],
    seed: int,
    num_classes: int,
    true_labels: np.ndarray,
    noisy_labels: np.ndarray,
) -> dict[str, Any]:
    """Describe a noise draw in JSON's types.

    It has the settings, the hashes of the drawn labels (``sha256``) and of those that
    they were drawn from (``inner_sha256``), the share of labels that changed, how often
    true class i became class j (``transition_counts[i][j]``), and the drawn labels.
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


def save_or_verify_manifest(path: str, manifest: dict[str, Any]) -> None:
    """Write the manifest (in the main process), or compare it with the one there.

    A ValueError tells that the file, which stays, holds another draw or none.
    """
    if not os.path.exists(path):
        if is_main_process():
            write_json(path, manifest)
        return
    stored = read_json(path)
    if not isinstance(stored, dict):
        raise ValueError(f'{path} is no noise manifest: it holds no object')
    differences = [
        _difference(key, stored, value)
        for key, value in manifest.items()
        if key not in stored or stored[key] != value
    ]
    if differences:
        problem = 'records another noise draw than this one (remove it to draw again)'
        raise ValueError(f'{path} {problem}: {"; ".join(differences)}')


def _difference(key: str, manifest: dict, current: Any) -> str:
    if key not in manifest:
        return f'{key} is missing'
    stored = manifest[key]
    if key not in ('labels', 'transition_counts'):
        return f'{key} was {stored!r}, is {current!r}'
    if not isinstance(stored, list) or len(stored) != len(current):
        return f'{key} differ in number'
    rows = [row for row, pair in enumerate(zip(stored, current)) if pair[0] != pair[1]]
    return f'{key} differ in {len(rows)} rows, the first is {rows[0]}'


def _to_json(value: Any) -> Any:
    """NumPy arrays and scalars, which a Python config may hold."""
    if hasattr(value, 'tolist'):
        return value.tolist()
    raise ValueError(f'the noise setting {value!r} cannot be written as JSON')
