"""What detection leaves behind: labels, rank list, attention, summary."""

from pathlib import Path

import torch
from torch import Tensor

from ..datasets.class_names import class_names
from ..datasets.training_set import TrainingSet
from ..formats.atomic_file import atomic_write, write_json
from ..formats.csv_table import write_rows
from ..formats.label_file import LabelFile, recommend, write_label_file
from ..methods.cleannet.relevance import Relevance
from .detection_run import DetectionResult

__all__ = ['write_detection']


def write_detection(
    folder: Path,
    training_set: TrainingSet,
    result: DetectionResult,
    weighting: str,
    facts: dict,
) -> list[Path]:
    """Write four files, whose paths are returned.

    - ``cleaned_labels.csv``: score (1 + cosine) / 2, weight (Eq. 12, 'soft', or 13),
      selected (Eq. 11) of every sample, others to drop; for these, the network's
      likeliest other class is suggested; ``NoisyLabels`` reads it;
    - ``suspicious.csv``: the same of those to drop, the least relevant first;
    - ``attention.csv``: how much each reference vector counts for its class (Eq. 3),
      and the image nearest to it (Fig. 3);
    - ``detection.json``: the ``facts``, then the summary.
    """
    relevance, given = result.relevance, training_set.given_labels
    names = ('cleaned_labels.csv', 'suspicious.csv', 'attention.csv', 'detection.json')
    files = [folder / name for name in names]
    paths, verification = training_set.paths(), training_set.verification
    labels = LabelFile(
        img_paths=paths,
        given_labels=given,
        suggested_labels=torch.where(relevance.selected, given, result.others),
        scores=relevance.scores,
        weights=relevance.weights(weighting),
        selected=relevance.selected,
        recommended=recommend(len(given), verification, drop=~relevance.selected),
        verification=verification,
        class_names=class_names(training_set.dataset),
    )
    order = relevance.scores.argsort(stable=True)
    suspicious = labels.take(order[~relevance.selected[order]])
    for path, file in zip(files, (labels, suspicious)):
        write_label_file(path, **vars(file))
    with atomic_write(files[2], newline='') as stream:
        write_rows(stream, _attention(result, paths))
    summary = dict(facts, **_summary(relevance, given), methods=result.methods)
    write_json(files[3], summary, indent=1)
    return files


def _attention(result: DetectionResult, paths: list[str]) -> list[tuple]:
    """By class, the most attended first."""
    heading = ('class', 'reference', 'attention', 'nearest_sample_idx', 'img_path')
    rows: list[tuple] = [heading]
    for label, attention in enumerate(result.relevance.attention):
        for place in attention.argsort(descending=True, stable=True).tolist():
            index = int(result.nearest[label, place])
            if index >= 0:
                alpha = f'{attention[place]:.6f}'
                rows.append((label, place, alpha, index, paths[index]))
    return rows


def _summary(relevance: Relevance, given: Tensor) -> dict:
    num_classes, suspicious = len(relevance.references), ~relevance.selected
    thresholds = torch.full((num_classes,), torch.nan)  # of classes without samples
    thresholds[given] = relevance.thresholds
    counts = torch.bincount(given[suspicious], minlength=num_classes)
    return dict(
        thresholds=thresholds.tolist(),
        num_samples=len(given),
        num_without_features=int((~relevance.known).sum()),
        num_suspicious=int(suspicious.sum()),
        suspicious_by_class=counts.tolist(),
    )
