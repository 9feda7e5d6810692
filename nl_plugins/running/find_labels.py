"""From images with labels to the labels that are wrong."""

import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dataset import Compose

from ..datasets.in_memory.features import Features
from ..datasets.training_set import TrainingSet
from ..datasets.wrappers.noisy_labels import NoisyLabels
from ..detection.label_estimate import LabelEstimate, estimate_labels
from ..detection.nearest_samples import near_duplicates, nearest_samples
from ..formats.feature_file import FeatureFile
from ..formats.fingerprint import fingerprint
from ..functional.one_picture import one_picture
from ..functional.posterior_advice import blindness
from ..functional.posterior_fit import lone_labels
from ..supervision.network_fingerprint import network_fingerprint
from .extract_features import extract_features
from .feature_network import FeatureNetwork, fit_network
from .sample_survey import SampleSurvey, survey_samples
from .verified_marks import Marks, merge_marks

__all__ = ['FoundLabels', 'find_labels']

MOST_COMPARED = 60_000  # samples that are compared with each other, in pairs
NUM_NEAREST = 4
CERTAINLY_RIGHT = 0.9  # scores of the examples that are shown beside a sample
_PREFIX = 'features_'
_OWN = re.compile(_PREFIX + r'[0-9a-f]{12}(\.part)?')  # folders that it makes


@dataclass(frozen=True, eq=False)
class FoundLabels:
    """What :func:`find_labels` returns. Rows are those of the usable samples."""

    survey: SampleSurvey  # of all samples, usable or not
    samples: TrainingSet  # the usable ones, over their features
    file: FeatureFile
    estimate: LabelEstimate
    listed: Marks  # that files gave
    nearest: np.ndarray  # (N, k) right examples that are most alike, -1: none
    twins: list[tuple[int, int]]  # of other content, that look like one picture
    notes: list[str]

    @property
    def class_names(self) -> list[str]:
        """Of all labels; a number for those without a name."""
        return self.samples.class_names(self.estimate.posterior.shape[1])

    @property
    def pairs(self) -> list[tuple[int, int, str]]:
        """Pairs (i, j) that are one picture, and whether by content or by features."""
        groups = (group.tolist() for group in self.survey.copies)
        copies = [(first, j, 'copy') for first, *others in groups for j in others]
        return sorted([*copies, *((i, j, 'alike') for i, j in self.twins)])


def find_labels(
    dataset: NoisyLabels,
    network: FeatureNetwork,
    out: Path,
    verified: list[Path] | None = None,
    drawn: list[Path] | None = None,
    workers: int | None = None,
    say: Callable[[str], Any] = print,
) -> FoundLabels:
    """Look at the images, take features, and estimate the true labels.

    The features are kept in ``out``: a run that was stopped goes on with them, and
    another run on the same images takes no new ones.

    Args:
        dataset: See ``find_source``.
        network: Whose features.
        out: A folder.
        verified: Files with verification labels, of which the last counts.
        drawn: Those of ``verified`` whose samples were drawn at random.
        workers: Processes that read images; see :func:`survey_samples`.
        say: Tells the user how far it is.

    Raises:
        ValueError: If there is nothing to tell apart; see the parts.
    """
    survey = survey_samples(dataset, workers)
    file = _features(dataset, survey, network, out, workers, say)
    samples = TrainingSet(Features(str(file.path)))
    listed = merge_marks(verified or [], samples, drawn or [])
    own, notes = samples.verification.numpy(), [*listed.notes]
    marks = np.where(listed.answered, listed.verification, own)
    samples.mark(marks)
    say('estimating which labels are wrong ...')
    values, centre = file.features[0], file.mean
    twins = []
    if len(file) <= MOST_COMPARED:
        twins = near_duplicates(values, centre, survey.copies)
    else:
        notes.append(f'near duplicates are looked for among {MOST_COMPARED} at most')
    pictures = one_picture(len(file), [*survey.copies, *twins])
    given = samples.given_labels
    count = max(int(given.max()) + 1, len(samples.class_names()))
    estimate = estimate_labels(values, given, count, marks, pictures, listed.drawn)
    blind, told = blindness(float(estimate.unmarked.mean()), count)
    if told:
        more = '; the labels are taken for right' if blind else ''
        notes.append(f'{told}{more}')
    if blind:
        # below what no image is, but those that somebody called wrong
        estimate = replace(estimate, limit=sys.float_info.min)
    lone = lone_labels(given, torch.from_numpy(pictures))
    if labels := given[lone].unique().tolist():
        called = samples.class_names(count)
        names = ', '.join(repr(called[label]) for label in labels[:5])
        more = ', ...' if len(labels) > 5 else ''
        notes.append(f'labels of a single picture are not judged: {names}{more}')
    right = (estimate.scores >= CERTAINLY_RIGHT) & (estimate.suggested == given)
    nearest, _ = nearest_samples(values, NUM_NEAREST, right.numpy(), centre=centre)
    parts = survey, samples, file, estimate, listed, nearest, twins, notes
    return FoundLabels(*parts)


def _features(
    dataset: NoisyLabels,
    survey: SampleSurvey,
    network: FeatureNetwork,
    out: Path,
    workers: int | None,
    say: Callable[[str], Any],
) -> FeatureFile:
    """Those of the usable samples; what other runs left in ``out`` is removed."""
    usable = dataset
    if len(survey.usable) < len(dataset):
        usable = NoisyLabels(dataset, indices=survey.usable.tolist())
    columns = usable.columns
    steps = network.pipeline
    if not columns.paths[0]:  # arrays, which are loaded
        steps = [step for step in steps if 'LoadImage' not in str(step['type'])]
    pipeline = Compose(steps)
    known = [columns.labels, columns.verification, columns.true_labels]
    fit_network(network, usable, pipeline)
    made_by = str(network.pipeline), network.name, network_fingerprint(network.model)
    parts = ['\n'.join(columns.paths), *survey.contents, *made_by, *known]
    path = out / f'{_PREFIX}{fingerprint(*parts)[:12]}'
    start = time.monotonic()
    say(f'features of {len(usable)} images: {network.name} ...')
    file = extract_features(
        path,
        network.model,
        usable,
        pipeline,
        about=dict(config=network.name, split='train'),
        batch_size=64,
        num_workers=0 if workers == 0 else min(2, workers or 2),
    )
    say(f'features took {time.monotonic() - start:.0f} s')
    for other in out.iterdir():
        own = _OWN.fullmatch(other.name) and other.is_dir() and not other.is_symlink()
        if own and not other.name.startswith(path.name):
            shutil.rmtree(other, ignore_errors=True)
    return file
