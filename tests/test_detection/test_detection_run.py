"""Detection of a training set from a classifier to the files."""

import csv
import json

import numpy as np
import pytest
import torch
from cleannet_toy import cleannet_hook
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS
from toy import PIPELINE, tiny_model, toy

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection import table
from nl_plugins.detection.detection_files import write_detection
from nl_plugins.detection.detection_run import DetectionRun
from nl_plugins.detection.verification_split import split_verification
from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import detection_error
from nl_plugins.methods.cleannet.cleannet_round import CleanNetRound
from nl_plugins.supervision.walk import Walk

SETTINGS = cleannet_hook()
NAMES = ('num_references', 'num_folds', 'cleannet', 'training')


@pytest.fixture(scope='module')
def detected():
    init_default_scope('mmpretrain')
    torch.manual_seed(0)
    model = MODELS.build(tiny_model())
    training_set = TrainingSet(DATASETS.build(toy(verified=True, num_samples=60)))
    walk = Walk(training_set.dataset, Compose(PIPELINE), batch_size=16)
    split = split_verification(
        training_set.given_labels,
        training_set.verification,
        None,
        training_set.true_labels,
    )
    cleannet = CleanNetRound(**{name: SETTINGS[name] for name in NAMES})
    run = DetectionRun(training_set, walk, cleannet, split, unverified_per_class=5)
    kept = table.SUPERVISED
    table.SUPERVISED = {'kNN': (kept['kNN'][0], (3,))}
    try:
        return run, run(model), model
    finally:
        table.SUPERVISED = kept


def test_methods_are_judged_by_the_true_labels_of_unverified_samples(detected):
    run, result, _ = detected
    given, true = run.training_set.given_labels, run.training_set.true_labels
    judged = run.training_set.verification < 0
    predicted = result.relevance.selected
    outcome = torch.where(judged, (given == true).long(), -1)
    assert result.methods['CleanNet']['error'] == pytest.approx(
        detection_error(predicted, outcome, given, 3)
    )
    naive = detection_error(torch.ones(60), outcome, given, 3)
    assert result.methods['naive']['error'] == pytest.approx(naive)
    assert {'kNN', 'average', 'DRAE'} < set(result.methods)


def test_reference_vectors_are_shown_by_the_nearest_sample_of_their_class(detected):
    run, result, model = detected
    features = torch.zeros(60, 8)
    for batch in run.walk(model):
        features[batch.rows] = torch.nn.functional.normalize(batch.features)
    given = run.training_set.given_labels
    for label in range(3):
        rows = (given == label).nonzero().flatten()
        for place, vector in enumerate(result.relevance.references[label]):
            nearest = int(result.nearest[label, place])
            best = (features[rows] @ vector).max()
            assert given[nearest] == label
            assert features[nearest] @ vector > best - 2e-3


@pytest.mark.parametrize('weighting', ['soft', 'hard'])
def test_files(detected, tmp_path, weighting):
    run, result, _ = detected
    known = result.relevance.known.clone()
    known[4] = False
    result.relevance = result.relevance._replace(known=known)
    similarity, thresholds = result.relevance.similarity, result.relevance.thresholds
    files = write_detection(
        tmp_path / 'out', run.training_set, result, weighting, dict(seed=3)
    )
    labels = read_label_file(files[0])
    want = similarity.clamp(0, 1)
    if weighting == 'hard':
        want = (similarity >= thresholds).float()
    want[4] = 1
    assert np.allclose(labels.weights, want, atol=1e-6)
    selected = similarity >= thresholds
    selected[4] = True
    assert (labels.selected == selected.numpy()).all()
    other = labels.suggested_labels != labels.given_labels
    assert (other == ~labels.selected).all()
    assert (labels.suggested_labels[other] == result.others.numpy()[other]).all()
    assert labels.scores[4] == 1
    with open(files[1], newline='') as file:
        ranking = list(csv.DictReader(file))
    scores = [float(row['score']) for row in ranking]
    assert scores == sorted(scores)
    assert sorted(int(row['sample_idx']) for row in ranking) == list(range(60))
    for row in ranking[:3]:
        assert labels.scores[int(row['sample_idx'])] == pytest.approx(
            float(row['score']), abs=1e-6
        )
    with open(files[2], newline='') as file:
        attention = list(csv.DictReader(file))
    assert len(attention) == 18
    for label in range(3):
        weights = [float(r['attention']) for r in attention if r['class'] == str(label)]
        assert weights == sorted(weights, reverse=True)
        assert sum(weights) == pytest.approx(1, abs=1e-4)
    figures = json.loads(files[3].read_text())
    assert figures['seed'] == 3
    assert figures['thresholds'] == [float(thresholds[0])] * 3
    assert figures['num_without_features'] == 1
    assert figures['num_suspicious'] == int((~selected).sum())
    assert sum(figures['suspicious_by_class']) == figures['num_suspicious']
    assert figures['methods']['CleanNet'] == result.methods['CleanNet']


def test_nothing_judges(detected):
    run, _, model = detected
    blind = DetectionRun(
        run.training_set,
        run.walk,
        run.cleannet,
        split_verification(
            run.training_set.given_labels, run.training_set.verification
        ),
    )
    assert blind(model).methods == {}
