"""What detection leaves behind: labels, rank list, attention, summary, pictures."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from ..datasets.training_set import TrainingSet
from ..formats.atomic_file import atomic_write, write_json
from ..formats.csv_table import write_rows
from ..formats.label_file import LabelFile, recommend, write_label_file
from ..methods.cleannet.cleannet_pictures import draw_cleannet
from ..methods.cleannet.relevance import Relevance
from .detection_result import CLEANNET, CLOSED_FORM, DetectionResult

__all__ = ['write_detection']


def write_detection(
    folder: Path,
    training_set: TrainingSet,
    result: DetectionResult,
    weighting: str,
    facts: dict,
) -> list[Path]:
    """Write files, whose paths are returned, by the chosen method's decisions.

    - ``cleaned_labels.csv``, which ``NoisyLabels`` reads: selected is what the method
      takes for right; others are recommended to be dropped, and the network's likeliest
      other class is suggested. The score of CleanNet is (1 + cosine) / 2, its weight
      Eq. 12 ('soft') or 13; that of the other methods is the closed form's probability
      that the given label is right. The closed form also suggests what it finds
      likeliest, and recommends to replace what it is sure of;
    - ``suspicious.csv``: the samples that are not selected, the most suspicious first;
    - ``detection.json``: the ``facts``, then the summary;
    - ``attention.csv``, where CleanNet ran: how much each reference vector counts for
      its class (Eq. 3), and the image nearest to it (Fig. 3);
    - ``attention.png`` and ``similarity.png``, where CleanNet ran and images are there:
      see :func:`draw_cleannet`.
    """
    given, paths = training_set.given_labels, training_set.paths()
    verdict = _verdict(result, training_set, weighting)
    files = [folder / 'cleaned_labels.csv', folder / 'suspicious.csv']
    labels = LabelFile(
        img_paths=paths,
        given_labels=given,
        verification=training_set.verification,
        class_names=training_set.class_names(),
        **verdict,
    )
    order = verdict['scores'].argsort(stable=True)
    suspicious = labels.take(order[~verdict['selected'][order]])
    for path, file in zip(files, (labels, suspicious)):
        write_label_file(path, **vars(file))
    files.append(folder / 'detection.json')
    write_json(files[-1], facts | _summary(result, given), indent=1)
    if (relevance := result.relevance) is not None:
        files.append(folder / 'attention.csv')
        with atomic_write(files[-1], newline='') as stream:
            write_rows(stream, _attention(relevance, paths))
        names = training_set.class_names(result.estimate.posterior.shape[1])
        subject = SimpleNamespace(training_set=training_set, class_names=names)
        pictures = draw_cleannet(subject, folder, relevance.selected, **relevance.shown)
        files += map(Path, pictures)
    return files


def _verdict(
    result: DetectionResult, training_set: TrainingSet, weighting: str
) -> dict[str, Any]:
    """The columns of the cleaned-label file that depend on the method."""
    given, selected = training_set.given_labels, result.selected
    verification, relevance = training_set.verification, result.relevance
    if result.chosen == CLEANNET:
        assert relevance is not None  # it has decided
        scores, weights = relevance.scores, relevance.weights(weighting)
    else:
        scores = torch.ones(len(given))
        scores[result.known] = result.estimate.scores.float()
        weights = scores
    suggested = torch.where(selected, given, result.others)
    recommended = recommend(len(given), verification, drop=~selected)
    if result.chosen == CLOSED_FORM:
        known = result.known
        suggested = suggested.long()
        suggested[known] = result.estimate.suggested
        recommended[known.numpy()] = result.estimate.recommended()
    return dict(
        suggested_labels=suggested,
        scores=scores,
        weights=weights,
        selected=selected,
        recommended=recommended,
    )


def _attention(relevance: Relevance, paths: list[str]) -> list[tuple]:
    """By class, the most attended first."""
    heading = ('class', 'reference', 'attention', 'nearest_sample_idx', 'img_path')
    rows: list[tuple] = [heading]
    for label, attention in enumerate(relevance.attention):
        for place in attention.argsort(descending=True, stable=True).tolist():
            index = int(relevance.nearest[label, place])
            if index >= 0:
                alpha = f'{attention[place]:.6f}'
                rows.append((label, place, alpha, index, paths[index]))
    return rows


def _summary(result: DetectionResult, given: Tensor) -> dict:
    num_classes = result.estimate.posterior.shape[1]
    counts = torch.bincount(given[~result.selected], minlength=num_classes)
    rate, error = result.estimate.noise_rate()
    summary = dict(
        method=result.chosen,
        num_samples=len(given),
        num_without_features=int((~result.known).sum()),
        num_suspicious=int(counts.sum()),
        suspicious_by_class=counts.tolist(),
        noise_rate=rate,
        noise_rate_error=error,
        rank_agreement=result.agreement,
        methods=result.methods,
    )
    if result.relevance is not None:
        # of classes without samples it is unknown
        thresholds = torch.full((num_classes,), torch.nan)
        thresholds[given] = result.relevance.thresholds
        summary['thresholds'] = thresholds.tolist()
    return summary
