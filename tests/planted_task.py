"""A detection task with planted noise that every method can be judged on."""

import numpy as np

from nl_plugins.detection.task import DetectionTask


def planted_task(per_class=80, rate=0.4, verified=0.5, seed=0, num_classes=4):
    """Classes apart in a few directions; the network is right on most samples."""
    rng = np.random.default_rng(seed)
    size = num_classes * per_class
    labels = np.arange(size) % num_classes
    right = rng.random(size) >= rate
    true = np.where(right, labels, (labels + rng.integers(1, num_classes, size)) % 4)
    centres = 2 * rng.normal(size=(num_classes, 8))
    features = centres[true] + 0.6 * rng.normal(size=(size, 8))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    probs = rng.dirichlet(np.full(num_classes, 0.3), size)
    probs[np.arange(size), true] += 2.0
    probs /= probs.sum(axis=1, keepdims=True)
    outcome = right.astype(np.int64)
    learnt = rng.random(size) < verified
    means = np.stack([features[labels == c].mean(axis=0) for c in range(num_classes)])
    return DetectionTask(
        features=features.astype(np.float32),
        labels=labels,
        probs=probs.astype(np.float32),
        verification=np.where(learnt, outcome, -1),
        judged=np.where(learnt, -1, outcome),
        class_features=means.astype(np.float32),
        seed=seed,
    )
