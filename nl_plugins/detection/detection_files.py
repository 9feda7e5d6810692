"""What detection leaves behind: labels, rank list, attention, figures."""

from pathlib import Path

import torch
from torch import Tensor

from ..datasets.training_set import TrainingSet
from ..formats.atomic_file import atomic_write, write_json
from ..formats.csv_table import write_rows
from ..formats.label_file import write_label_file
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
    """Write four files.

    - ``cleaned_labels.csv``: score (1 + cosine) / 2, weight (Eq. 12 or 13), selected
      (Eq. 11) of every sample; ``NoisyLabels`` reads it;
    - ``suspicious.csv``: all samples, the least relevant first;
    - ``attention.csv``: how much each reference vector counts for its class (Eq. 3),
      and the image nearest to it (Fig. 3);
    - ``detection.json``: the figures.

    Args:
        folder: Where they go.
        training_set: The samples.
        result: Of the detection.
        weighting: 'soft' or 'hard'.
        facts: What else the JSON holds.

    Returns:
        Their paths.
    """
    relevance = result.relevance
    given = training_set.given_labels
    selected, scores = relevance.selected, relevance.scores
    paths = training_set.paths()
    folder.mkdir(parents=True, exist_ok=True)
    names = ('cleaned_labels.csv', 'suspicious.csv', 'attention.csv', 'detection.json')
    files = [folder / name for name in names]
    write_label_file(
        files[0],
        img_paths=paths,
        given_labels=given,
        suggested_labels=given,
        scores=scores,
        weights=relevance.weights(weighting),
        selected=selected,
    )
    ranking = [
        (row, paths[row], int(given[row]), f'{scores[row]:.6f}', int(selected[row]))
        for row in scores.argsort(stable=True).tolist()
    ]
    header = ('sample_idx', 'img_path', 'given_label', 'score', 'selected')
    _write_csv(files[1], header, ranking)
    _write_csv(
        files[2],
        ('class', 'reference', 'attention', 'nearest_sample_idx', 'img_path'),
        _attention_rows(relevance, result.nearest, paths),
    )
    figures = dict(
        facts,
        thresholds=_threshold_by_class(relevance, given),
        num_samples=len(given),
        num_without_features=int((~relevance.known).sum()),
        num_suspicious=int((~selected).sum()),
        suspicious_by_class=torch.bincount(
            given[~selected], minlength=len(relevance.references)
        ).tolist(),
        methods=result.rows,
    )
    write_json(files[3], figures, indent=1)
    return files


def _threshold_by_class(relevance: Relevance, given: Tensor) -> list[float]:
    """NaN for classes without samples."""
    by_class = torch.full((len(relevance.references),), torch.nan)
    by_class[given] = relevance.thresholds
    return by_class.tolist()


def _attention_rows(relevance: Relevance, nearest: Tensor, paths: list[str]) -> list:
    """By class, the most attended first."""
    rows = []
    for label, attention in enumerate(relevance.attention):
        for place in attention.argsort(descending=True, stable=True).tolist():
            sample = int(nearest[label, place])
            if sample >= 0:
                alpha = f'{attention[place]:.6f}'
                rows.append((label, place, alpha, sample, paths[sample]))
    return rows


def _write_csv(path: Path, header: tuple, rows: list) -> None:
    with atomic_write(path, newline='', errors='surrogateescape') as file:
        write_rows(file, [header, *rows])
