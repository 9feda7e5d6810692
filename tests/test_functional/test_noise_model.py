"""Scores calibrated on noisy labels, with the noise modelled."""

import numpy as np
import pytest
import torch

from nl_plugins.functional import (
    NoiseModel,
    corrupt_labels,
    fit_noise_model,
    label_posterior,
    leave_one_out_scores,
    symmetric_noise,
)

PAIRS = torch.tensor([[0.9, 0.1, 0.0], [0.0, 0.6, 0.4], [0.0, 0.0, 1.0]])


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def naive_transition(probs, labels, verification):
    """One EM step, sample by sample."""
    size, num_classes = probs.shape
    shares = [np.mean(labels == j) for j in range(num_classes)]

    def rows(posterior):
        counts = np.zeros((num_classes, num_classes))
        for i in range(size):
            counts[:, labels[i]] += posterior[i]
        for k in range(num_classes):
            counts[k] = (counts[k] + shares) / (counts[k].sum() + 1)
        return counts

    first = rows(probs)
    return rows([*naive_posterior(probs, labels, verification, first)])


def naive_posterior(probs, labels, verification, transition):
    for row, label, mark in zip(probs, labels, verification):
        joint = row * transition[:, label]
        if mark == 0:
            joint[label] = 0
        if mark == 1:
            joint = np.where(np.arange(len(joint)) == label, joint, 0)
        yield joint / joint.sum()


def naive_objective(log_t, bias, scores, labels, verification):
    """Minus the logarithm of likelihood times prior, for one sample."""
    probs = softmax(np.exp(log_t) * scores + bias)
    transition = naive_transition(probs, labels, verification)
    total = ((log_t - 2.3) ** 2 + ((bias / 3) ** 2).sum()) / 2
    for row, label, mark in zip(probs, labels, verification):
        terms = row * transition[:, label]
        if mark == 0:
            terms[label] = 0
        total -= np.log(terms[label] if mark == 1 else terms.sum())
    return total / len(labels)


def sampled(size, num_classes=3, temperature=8.0, seed=0, transition=PAIRS):
    """Scores whose softmax is calibrated, true labels drawn from it, noisy ones."""
    generator = torch.Generator().manual_seed(seed)
    scores = torch.rand(size, num_classes, generator=generator).double()
    probs = (temperature * scores).softmax(dim=1)
    true = torch.multinomial(probs, 1, generator=generator)[:, 0]
    return scores, corrupt_labels(true, transition, seed), true


def test_transition_and_optimum_are_those_of_the_naive_reference():
    scores, labels, true = sampled(90)
    verification = torch.full((90,), -1)
    verification[:20] = (labels == true)[:20].long()
    model = fit_noise_model(scores, labels, verification)
    arrays = scores.numpy(), labels.numpy(), verification.numpy()
    bias = model.bias.numpy()
    probs = softmax(model.inverse_temperature * arrays[0] + bias)
    want = naive_transition(probs, *arrays[1:])
    np.testing.assert_allclose(model.transition, want, atol=1e-12)
    posterior = model.posterior(scores, labels, verification)
    want = np.stack([*naive_posterior(probs, *arrays[1:], want)])
    np.testing.assert_allclose(posterior, want, atol=1e-12)
    point = np.array([np.log(model.inverse_temperature), *bias])
    best = naive_objective(point[0], point[1:], *arrays)
    for place in range(4):  # a minimum: flat, and higher on both sides
        step = np.eye(4)[place] * 0.05
        low, high = (naive_objective((point + s)[0], (point + s)[1:], *arrays)
                     for s in (-step, step))  # fmt: skip
        assert low > best
        assert high > best
        assert abs(high - low) < 0.1 * (high + low - 2 * best) + 1e-4


def test_planted_noise_is_found():
    scores, labels, true = sampled(6000, temperature=25.0)
    model = fit_noise_model(scores, labels)
    assert model.inverse_temperature == pytest.approx(25, rel=0.25)
    torch.testing.assert_close(model.transition.float(), PAIRS, atol=0.06, rtol=0)
    posterior = model.posterior(scores, labels)
    given = posterior[torch.arange(6000), labels].mean()
    assert float(given) == pytest.approx(
        float((labels == true).double().mean()), abs=0.03
    )
    found = (posterior.argmax(dim=1) == true).double().mean()
    assert found > (labels == true).double().mean() + 0.1
    assert found > (scores.argmax(dim=1) == true).double().mean() + 0.02


@pytest.mark.parametrize('rate', [0.0, 0.3, 0.6])
def test_accuracy_of_given_labels_from_features_alone(rate):
    generator = torch.Generator().manual_seed(1)
    true = torch.arange(2000) % 5
    features = torch.randn(5, 20, generator=generator)[true]
    features = features + 1.2 * torch.randn(2000, 20, generator=generator)
    labels = corrupt_labels(true, symmetric_noise(5, rate), 0)
    scores = leave_one_out_scores(features, labels, 5)
    posterior = fit_noise_model(scores, labels).posterior(scores, labels)
    own = posterior.gather(1, labels[:, None])
    assert float(own.mean()) == pytest.approx(1 - rate, abs=0.05)
    assert (posterior.argmax(dim=1) == true).double().mean() > 0.93


def test_biases_undo_what_frequent_labels_do_to_scores():
    """A long tail: scores of the rare class are low, and a bias raises them."""
    scores, labels, true = sampled(3000, transition=torch.eye(3))
    lowered = scores - torch.tensor([0.0, 0.0, 0.4])
    model = fit_noise_model(lowered, labels)
    plain = fit_noise_model(scores, labels)
    shift = model.bias[2] - model.bias[0] - (plain.bias[2] - plain.bias[0])
    assert float(shift) == pytest.approx(0.4 * plain.inverse_temperature, rel=0.25)


def test_verified_labels_have_the_last_word():
    scores, labels, _ = sampled(300)
    verification = torch.full((300,), -1)
    verification[0], verification[1] = 1, 0
    model = fit_noise_model(scores, labels, verification)
    posterior = model.posterior(scores, labels, verification)
    assert posterior[0, labels[0]] == 1
    assert posterior[1, labels[1]] == 0
    certain = NoiseModel(1.0, torch.zeros(3).double(), torch.eye(3).double())
    wrong = certain.posterior(torch.zeros(1, 3), torch.tensor([1]), torch.tensor([0]))
    assert wrong.tolist() == [[0.5, 0.0, 0.5]]


def test_a_class_that_no_sample_is_labelled_as_is_never_suggested():
    scores, labels, _ = sampled(200, transition=torch.eye(3))
    scores, labels = scores[labels != 1], labels[labels != 1]
    model = fit_noise_model(scores, labels)
    assert model.bias[1] == -torch.inf
    assert (model.posterior(scores, labels)[:, 1] == 0).all()


def test_order_of_classes_and_size_of_scores_do_not_matter():
    scores, labels, _ = sampled(400)
    order = torch.tensor([2, 0, 1])
    want = fit_noise_model(scores, labels).posterior(scores, labels)
    turned = scores[:, order], order.argsort()[labels]
    got = fit_noise_model(*turned).posterior(*turned)
    torch.testing.assert_close(got, want[:, order], atol=1e-3, rtol=0)


@pytest.mark.parametrize('scale', [1e3, 1e9])
def test_large_scores_are_calibrated_as_well(scale):
    scores, labels, _ = sampled(400)
    scores = (
        10 * scores / (scores - scores.mean(1, keepdim=True)).square().mean().sqrt()
    )
    want, got = fit_noise_model(scores, labels), fit_noise_model(scale * scores, labels)
    torch.testing.assert_close(
        got.posterior(scale * scores, labels), want.posterior(scores, labels)
    )


def test_many_samples_are_judged_by_some(monkeypatch):
    scores, labels, _ = sampled(3000)
    whole = fit_noise_model(scores, labels)
    monkeypatch.setattr('nl_plugins.functional.noise_model._JUDGES', 1000)
    monkeypatch.setattr('nl_plugins.functional.noise_model._CHUNK', 700)
    part = fit_noise_model(scores, labels)
    assert part.inverse_temperature != whole.inverse_temperature
    assert part.inverse_temperature == pytest.approx(whole.inverse_temperature, rel=0.5)
    probs = softmax(part.inverse_temperature * scores.numpy() + part.bias.numpy())
    want = naive_transition(probs, labels.numpy(), np.full(3000, -1))
    np.testing.assert_allclose(part.transition, want, atol=1e-12)


def test_separable_scores_and_one_class_stay_finite():
    scores = torch.eye(2).repeat(20, 1)
    model = fit_noise_model(scores, torch.arange(40) % 2)
    assert np.isfinite(model.inverse_temperature)
    own = model.posterior(scores, torch.arange(40) % 2)
    torch.testing.assert_close(own.argmax(dim=1), torch.arange(40) % 2)
    alone = fit_noise_model(torch.zeros(5, 2), torch.zeros(5, dtype=torch.int64))
    assert alone.posterior(torch.zeros(1, 2), torch.tensor([0])).tolist() == [
        [1.0, 0.0]
    ]


def test_without_verification_the_posterior_is_the_public_function():
    scores, labels, _ = sampled(50)
    model = fit_noise_model(scores, labels)
    want = label_posterior(model.probs(scores), labels, model.transition)
    assert torch.equal(model.posterior(scores, labels), want)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(labels=torch.tensor([0, 3])), r'labels\[1\] = 3 is not in \[0, 3\)'),
        (dict(scores=torch.full((2, 3), torch.nan)), 'scores'),
        (dict(scores=torch.ones(0, 3), labels=torch.ones(0).long()), 'scores is empty'),
        (dict(labels=torch.tensor([0])), 'numbers of samples differ'),
        (dict(verification=torch.tensor([0, 2])), r'verification\[1\] = 2'),
    ],
)
def test_bad_input_is_named(changes, message):
    good = dict(scores=torch.zeros(2, 3), labels=torch.tensor([0, 1]))
    with pytest.raises(ValueError, match=message):
        fit_noise_model(**{**good, **changes})
