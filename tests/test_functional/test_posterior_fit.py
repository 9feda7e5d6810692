"""Marks and the fit of the posterior: one rule for `find` and the hook."""

import pytest
import torch

from nl_plugins.detection.label_estimate import estimate_labels
from nl_plugins.functional import fit_noise_model, leave_one_out_scores
from nl_plugins.functional.posterior_fit import fit_posterior

SIZE = 300
TRUE = torch.arange(SIZE) % 3
WRONG = torch.arange(SIZE) % 4 == 0
GIVEN = torch.where(WRONG, (TRUE + 1) % 3, TRUE)
FEATURES = torch.eye(3, 5)[TRUE] + 0.4 * torch.randn(
    SIZE, 5, generator=torch.Generator().manual_seed(0)
)
MARKS = torch.where(torch.arange(SIZE) % 5 == 0, (~WRONG).long(), -1)


def regress(targets, weights):
    return leave_one_out_scores(FEATURES, targets, 3, weights=weights)


def own(posterior):
    return posterior.gather(1, GIVEN[:, None])[:, 0]


def recorded(verification):
    calls = []

    def recording(targets, weights):
        calls.append((targets, weights))
        return regress(targets, weights)

    return fit_posterior(recording, GIVEN, verification), calls


def test_without_marks_it_is_one_fit():
    fit, calls = recorded(torch.full((SIZE,), -1))
    scores = regress(GIVEN, torch.ones(SIZE))
    expected = fit_noise_model(scores, GIVEN).posterior(scores, GIVEN)
    torch.testing.assert_close(fit.posterior, expected)
    torch.testing.assert_close(fit.unmarked, own(fit.posterior))
    assert len(calls) == 1


def test_small_classes_weigh_more():
    """One over the root of the class size: 1/10 and 1/5, divided by their mean."""
    labels = torch.tensor([0] * 100 + [1] * 25)
    seen = []

    def regress(targets, weights):
        seen.append(weights)
        return torch.rand(125, 2, generator=torch.Generator().manual_seed(0)).double()

    fit_posterior(regress, labels, torch.full((125,), -1))
    assert seen[0].tolist() == pytest.approx([0.1 / 0.12] * 100 + [0.2 / 0.12] * 25)


def test_wrong_labels_of_a_small_class_are_found_more_often():
    """Half of a class, a tenth as large as the others, is called by another."""
    true = torch.tensor([0] * 600 + [1] * 60 + [2] * 600)
    noise = torch.randn(1260, 4, generator=torch.Generator().manual_seed(0))
    features = torch.eye(3, 4)[true] + 0.35 * noise
    given = true.clone()
    given[600:630] = 0  # half of the small class
    found = {}
    for power in (0.0, 0.5):
        more = given.bincount().double()[given] ** (0.5 - power)

        def regress(targets, weights, more=more):
            weights = weights * more / (weights * more).mean()
            return leave_one_out_scores(features, targets, 3, weights=weights)

        posterior = fit_posterior(regress, given, torch.full((1260,), -1)).posterior
        found[power] = float((posterior.argmax(1) == true)[600:660].double().mean())
    assert found[0.5] > found[0.0] + 0.05


def test_marks_teach_as_far_as_they_surprise():
    fit, (_, (targets, weights)) = recorded(MARKS)
    before, _ = recorded(torch.full((SIZE,), -1))
    torch.testing.assert_close(fit.unmarked, own(before.posterior))
    for row in range(SIZE):
        mark, label = int(MARKS[row]), int(GIVEN[row])
        belief = float(before.posterior[row, label])
        surprise = {-1: 0.0, 0: min(1, 2 * belief), 1: min(1, 2 - 2 * belief)}[mark]
        onehot = torch.eye(3).double()[label]
        settled = onehot
        if mark == 0:  # the given label ruled out
            rest = before.posterior[row] * (1 - onehot)
            settled = rest / rest.sum()
        assert weights[row] == pytest.approx(1 + 2 * surprise)
        wanted = (1 - surprise) * onehot + surprise * settled
        torch.testing.assert_close(targets[row], wanted)
    assert (own(fit.posterior)[MARKS == 0] == 0).all()
    assert (own(fit.posterior)[MARKS == 1] == 1).all()


def test_marks_of_what_is_obvious_leave_the_others_as_they_are():
    before, _ = recorded(torch.full((SIZE,), -1))
    obvious = WRONG & (own(before.posterior) < 1e-3)
    assert obvious.sum() > 5
    marks = torch.where(obvious, 0, -1)
    after, _ = recorded(marks)
    left = ~obvious
    close = dict(atol=0.02, rtol=0)
    torch.testing.assert_close(after.posterior[left], before.posterior[left], **close)


def test_find_uses_it():
    found = estimate_labels(FEATURES, GIVEN, 3, MARKS)
    fit = fit_posterior(regress, GIVEN, MARKS)
    torch.testing.assert_close(found.posterior, fit.posterior)
    torch.testing.assert_close(found.unmarked, fit.unmarked)


@pytest.mark.parametrize('seed', range(5))
def test_marks_make_no_list_worse(seed):
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.rand(SIZE, generator=generator) < 0.1
    marks = torch.where(chosen, (~WRONG).long(), -1)
    before, after = (
        own(fit_posterior(regress, GIVEN, each).posterior)
        for each in (torch.full((SIZE,), -1), marks)
    )

    def hits(scores):  # how often a wrong label comes before a right one
        return (scores[WRONG][:, None] < scores[~WRONG]).double().mean()

    assert hits(after) >= hits(before)
