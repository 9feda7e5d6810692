"""Detection of a training set from a classifier to the files."""

import csv
import json
from copy import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from cleannet_toy import cleannet_hook
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS
from toy import PIPELINE, tiny_model, toy

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection import one_class_detectors, table
from nl_plugins.detection.detection_files import write_detection
from nl_plugins.detection.detection_run import DetectionRun
from nl_plugins.detection.verification_split import split_verification
from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import (
    detection_error,
    fit_noise_model,
    leave_one_out_scores,
)
from nl_plugins.methods.cleannet.cleannet_round import CleanNetRound
from nl_plugins.supervision.walk import Walk

SETTINGS = cleannet_hook()
NAMES = ('num_references', 'num_folds', 'cleannet', 'training')


def split_of(data):
    """Judged by the true labels of what is not verified."""
    return split_verification(
        data.given_labels, data.verification, None, data.true_labels
    )


@pytest.fixture(scope='module')
def detected():
    init_default_scope('mmpretrain')
    torch.manual_seed(0)
    model = MODELS.build(tiny_model())
    training_set = TrainingSet(DATASETS.build(toy(verified=True, num_samples=60)))
    walk = Walk(training_set.dataset, Compose(PIPELINE), batch_size=16)
    cleannet = CleanNetRound(**{name: SETTINGS[name] for name in NAMES})
    run = DetectionRun(training_set, walk, cleannet, unverified_per_class=5)
    kept = table.SUPERVISED
    table.SUPERVISED = {'kNN': (kept['kNN'][0], (3,))}
    try:
        return run, run(model, split_of(training_set)), model
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
            nearest = int(result.relevance.nearest[label, place])
            best = (features[rows] @ vector).max()
            assert given[nearest] == label
            assert features[nearest] @ vector > best - 2e-3


@pytest.mark.parametrize('weighting', ['soft', 'hard'])
def test_files(detected, tmp_path, weighting):
    run, result = detected[0], copy(detected[1])
    known = result.relevance.known.clone()
    known[4] = False
    result.known = known
    result.relevance = result.relevance._replace(known=known)
    result.chosen, result.selected = 'CleanNet', result.relevance.selected
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
    suspects = [int(row['sample_idx']) for row in ranking]
    assert sorted(suspects) == np.flatnonzero(~labels.selected).tolist()
    for row in ranking[:3]:
        assert labels.scores[int(row['sample_idx'])] == pytest.approx(
            float(row['score']), abs=1e-6
        )
    with open(files[3], newline='') as file:
        attention = list(csv.DictReader(file))
    assert len(attention) == 18
    for label in range(3):
        weights = [float(r['attention']) for r in attention if r['class'] == str(label)]
        assert weights == sorted(weights, reverse=True)
        assert sum(weights) == pytest.approx(1, abs=1e-4)
    figures = json.loads(files[2].read_text())
    assert figures['seed'] == 3
    assert figures['thresholds'] == [float(thresholds[0])] * 3
    assert figures['num_without_features'] == 1
    assert figures['num_suspicious'] == int((~selected).sum())
    assert sum(figures['suspicious_by_class']) == figures['num_suspicious']
    assert figures['methods']['CleanNet'] == result.methods['CleanNet']


def test_a_closed_form_scores_all_samples(detected):
    run, result, model = detected
    features, given = torch.zeros(60, 8), run.training_set.given_labels
    for batch in run.walk(model):
        features[batch.rows] = batch.features
    scores = leave_one_out_scores(features, given.long(), 3)
    noise = fit_noise_model(scores, given.long())
    verified = split_of(run.training_set).learnt
    want = noise.posterior(scores, given.long(), verified)
    torch.testing.assert_close(result.estimate.posterior, want, atol=0.02, rtol=0)
    learnt = verified >= 0
    right = result.decided('closed form')[learnt] == (verified[learnt] == 1)
    assert right.all()
    assert 'closed form' in result.methods


def test_the_files_are_the_best_methods(detected):
    _, result, _ = detected
    errors = {
        name: row['error']
        for name, row in result.methods.items()
        if row['error'] is not None and name != 'naive'
    }
    assert errors[result.chosen] == min(errors.values())


@pytest.mark.parametrize('method', ['kNN', 'classification filtering', 'closed form'])
def test_a_method_that_is_asked_for(detected, tmp_path, method, monkeypatch):
    run, _, model = detected
    kept = {'kNN': (table.SUPERVISED['kNN'][0], (3,))}
    monkeypatch.setattr(table, 'SUPERVISED', kept)
    result = replace(run, method=method)(model, split_of(run.training_set))
    assert result.chosen == method
    files = write_detection(tmp_path, run.training_set, result, 'soft', {})
    labels = read_label_file(files[0])
    assert (labels.selected == result.selected.numpy()).all()
    assert np.allclose(labels.scores, result.estimate.scores, atol=1e-6)
    if method == 'classification filtering':
        probs = torch.cat([batch.probs for batch in run.walk(model)])
        likeliest = probs.argmax(dim=1) == run.training_set.given_labels
        assert result.selected[likeliest].all()
    verified = run.training_set.verification.numpy()
    assert (labels.recommended[verified == 1] == 'keep').all()
    assert (labels.recommended[verified == 0] != 'keep').all()


def test_nothing_is_verified(detected, tmp_path):
    run, _, model = detected
    given = run.training_set.given_labels
    unknown = torch.full_like(given, -1)
    split = split_verification(given, unknown)
    result = run(model, split)
    assert result.methods == {}
    assert result.chosen == 'closed form'
    assert set(result.agreement) == {'closed form', 'network', 'average'}
    assert result.agreement['network']['network'] == pytest.approx(1)
    files = write_detection(tmp_path, run.training_set, result, 'soft', {})
    assert [file.name for file in files] == [
        'cleaned_labels.csv',
        'suspicious.csv',
        'detection.json',
    ]
    figures = json.loads(files[-1].read_text())
    assert 0 <= figures['noise_rate'] <= 1
    assert figures['method'] == 'closed form'


def test_nothing_judges(detected):
    run, _, model = detected
    labels = run.training_set.given_labels, run.training_set.verification
    blind = run(model, split_verification(*labels))
    assert blind.methods == {}
    assert blind.chosen == 'CleanNet'
    assert 'CleanNet' in blind.agreement


def test_a_class_that_is_too_large(detected, monkeypatch):
    run, _, model = detected
    largest = int(run.training_set.given_labels.bincount().max())
    monkeypatch.setattr(one_class_detectors, 'MOST_OF_A_CLASS', largest - 1)
    kept = {'kNN': (table.SUPERVISED['kNN'][0], (3,))}
    monkeypatch.setattr(table, 'SUPERVISED', kept)
    result = run(model, split_of(run.training_set))
    assert result.methods['UOCL']['error'] is None
    assert result.chosen not in table.ONE_CLASS
    with pytest.raises(ValueError, match='UOCL compares .* choose another --method'):
        replace(run, method='UOCL')(None, split_of(run.training_set))
