import numpy as np
import pytest
import torch
from report_toy import CLASSES, toy_report

from nl_plugins.report.noise_rate import NoiseRate


def test_columns_become_arrays():
    report = toy_report(
        given_labels=torch.arange(30) % 3, scores=torch.linspace(0, 1, 30)
    )
    assert len(report) == 30
    assert report.given_labels.tolist() == [i % 3 for i in range(30)]
    assert report.scores.dtype == np.float64
    assert report.suspicious.nonzero()[0].tolist() == [0, 5, 10, 15, 20, 25]
    assert report.verification.tolist() == [-1] * 30
    assert report.true_labels.tolist() == [-1] * 30
    assert report.weights.tolist() == [1] * 30
    assert report.nearest.shape == (30, 0)


def test_a_weight_makes_a_label_not_suspicious():
    assert not toy_report(recommended=['weight'] * 30).suspicious.any()


def test_the_key_depends_on_samples_labels_and_names_only():
    report = toy_report()
    assert len(report.key) == 16
    assert toy_report(scores=np.zeros(30), title='other').key == report.key
    assert toy_report(class_names=['ant', 'bee', 'dog']).key != report.key
    assert toy_report(paths=['x'] * 30).key != report.key
    assert toy_report(given_labels=np.zeros(30, int)).key != report.key


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(paths=[]), 'at least one'),
        (dict(scores=np.zeros(29)), 'scores has shape \\(29,\\), expected \\(30,\\)'),
        (dict(scores=[0.0] * 29 + [np.nan]), 'scores of sample 29 is nan'),
        (dict(given_labels=[3] + [0] * 29), 'given_labels of sample 0 is 3'),
        (dict(given_labels=[-1] + [0] * 29), 'given_labels of sample 0 is -1'),
        (dict(given_labels=np.zeros(30)), 'given_labels must be integers'),
        (dict(suggested_labels=[0] * 29 + [9]), 'suggested_labels of sample 29 is 9'),
        (dict(true_labels=[-2] + [0] * 29), 'true_labels of sample 0 is -2'),
        (dict(verification=[2] + [0] * 29), 'verification of sample 0 is 2'),
        (dict(recommended=['burn'] + ['keep'] * 29), "sample 0 is 'burn'"),
        (dict(nearest=np.full((30, 2), 30)), 'nearest of sample 0 is 30'),
        (dict(nearest=np.zeros(30, int)), 'nearest has shape'),
        (dict(noise_rate=NoiseRate(0.2, 0.1, 0.3)), 'noise_source'),
        (
            dict(class_noise_rates={3: NoiseRate(0, 0, 0)}, noise_source='x'),
            'class_noise_rates: 3',
        ),
    ],
)
def test_refuses_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        toy_report(**changes)


def test_a_noise_rate_lies_in_its_interval():
    assert str(NoiseRate(0.25, 0.2, 0.3)) == '25 % (20 to 30 %)'
    assert NoiseRate.of_error(0.5, 0.1) == NoiseRate(0.5, 0.304, 0.696)
    assert NoiseRate.of_error(0.01, 0.1).low == 0
    with pytest.raises(ValueError, match='between'):
        NoiseRate(0.1, 0.2, 0.3)
    with pytest.raises(ValueError, match='high'):
        NoiseRate(0.1, 0.0, 1.3)
    assert toy_report().class_names == CLASSES
