"""A round of CleanNet on a bank of features with planted noise."""

import pytest
import torch
import torch.nn.functional as F
from mmengine.logging import MMLogger
from planted_relevance import planted

from nl_plugins.functional import choose_threshold, detection_error
from nl_plugins.methods.cleannet import cleannet_round
from nl_plugins.methods.cleannet.cleannet import CleanNet
from nl_plugins.methods.cleannet.cleannet_round import CleanNetRound
from nl_plugins.methods.cleannet.cleannet_training import (
    CleanNetTraining,
    RelevanceData,
)
from nl_plugins.supervision.feature_bank import FeatureBank

CPU = torch.device('cpu')
SMALL = dict(
    num_references=10,
    num_folds=3,
    cleannet=dict(hidden_channels=(32, 32), query_channels=32, embed_channels=16),
    training=dict(batch_size=64, lr=1e-3, max_epochs=30),
)


def small(**kwargs):
    return CleanNetRound(**{**SMALL, **kwargs})


@pytest.fixture(scope='module')
def data():
    return planted()


@pytest.fixture(scope='module')
def outcome(data):
    bank, given, verification, _ = data
    return small()(bank, given, verification, 6, CPU)


def test_finds_planted_noise_better_than_naive_and_average(data, outcome):
    bank, given, verification, true = data
    right = torch.where(verification < 0, (given == true).long(), -1)

    def error(predicted):
        return detection_error(predicted, right, given, 6)

    cleannet = error(outcome.selected)
    naive = error(torch.ones(len(given)))
    units = F.normalize(bank.units.float())
    means = F.normalize(torch.stack([units[given == c].mean(0) for c in range(6)]))
    cosines = (units * means[given]).sum(1)
    # even with the threshold that is best for it
    average = error(cosines >= choose_threshold(cosines, right, given, 6))
    assert naive > 0.35
    assert cleannet < 0.15
    assert cleannet < 0.7 * average


def test_reference_vectors_may_be_random_samples(data):
    bank, given, verification, true = data
    everything = torch.ones(len(given)) > 0
    found = small(reference_set='random').references(bank, given, everything, 6)
    for label, vectors in enumerate(found):
        units = bank.units[bank.slots((given == label).nonzero().flatten())].float()
        assert ((units[:, None] == vectors).all(dim=2).sum(dim=0) == 1).all()
    rounds = small(reference_set='random')
    judged = torch.where(verification < 0, (given == true).long(), -1)
    predicted = rounds(bank, given, verification, 6, CPU).selected
    assert detection_error(predicted, judged, given, 6) < 0.15


def test_finds_noise_in_classes_without_verification_labels():
    """What is learnt about many classes serves the others."""
    bank, given, verification, true = planted(
        num_classes=60, per_class=30, dim=24, nuisance=8, verified=0.6
    )
    visible = torch.where(given < 50, verification, -1)
    relevance = small(num_networks=1)(bank, given, visible, 60, CPU)
    held_out = torch.where(given >= 50, (given == true).long(), -1)
    naive = detection_error(torch.ones(len(given)), held_out, given, 60)
    assert detection_error(relevance.selected, held_out, given, 60) < 0.5 * naive


def test_classes_without_labels_are_judged_by_networks_that_hold_out_classes():
    bank, given, verification, _ = planted()
    visible = torch.where(given < 4, verification, -1)
    relevance = small()(bank, given, visible, 6, CPU)
    assert (~relevance.transferred.isnan()).equal(visible >= 0)
    seen = ~relevance.cross_validated.isnan()
    assert torch.equal(relevance.cross_validated[seen], relevance.similarity[seen])
    for scores, of_these in (
        (relevance.cross_validated, given < 4),
        (relevance.transferred, given >= 4),
    ):
        delta = choose_threshold(scores[seen], visible[seen], given[seen], 6)
        assert relevance.thresholds[of_these].unique().tolist() == [delta]
    assert torch.equal(relevance.selected, relevance.similarity >= relevance.thresholds)
    torch.testing.assert_close(relevance.attention.sum(1), torch.ones(6))


def test_a_single_class_with_labels_has_no_class_to_hold_out():
    bank, given, verification, _ = planted()
    visible = torch.where(given == 0, verification, -1)
    relevance = small(num_networks=1)(bank, given, visible, 6, CPU)
    assert relevance.transferred.isnan().all()
    assert relevance.thresholds.unique().numel() == 1


def test_verified_samples_are_judged_by_a_network_that_did_not_see_them(data, outcome):
    _, given, verification, _ = data
    seen = ~outcome.cross_validated.isnan()
    assert seen.equal(verification >= 0)
    threshold = choose_threshold(
        outcome.cross_validated[seen], verification[seen], given[seen], 6
    )
    assert outcome.thresholds.unique().tolist() == [threshold]
    assert torch.equal(outcome.cross_validated[seen], outcome.similarity[seen])


def test_references_of_a_large_class_are_those_of_some_of_its_samples(
    data, monkeypatch
):
    bank, given, verification, _ = data
    known = torch.ones(len(given), dtype=torch.bool)
    everything = small().references(bank, given, known, 6)
    monkeypatch.setattr(cleannet_round, 'CLUSTERED', 40)
    some = small().references(bank, given, known, 6)
    assert some.shape == everything.shape
    assert not torch.equal(some, everything)
    assert torch.equal(some, small().references(bank, given, known, 6))
    for label in range(6):
        mine = bank.units[bank.slots((given == label).nonzero()[:, 0])].float()
        spread = torch.cdist(mine, mine.mean(dim=0, keepdim=True)).square().mean()
        for centers in (some, everything):
            nearest = torch.cdist(mine, centers[label]).amin(dim=1)
            assert nearest.square().mean() < spread


def test_attention_is_readable(outcome):
    assert outcome.attention.shape == (6, 10)
    torch.testing.assert_close(outcome.attention.sum(1), torch.ones(6))
    assert outcome.attention.std() > 0


def test_same_seed_same_result_and_the_runs_random_numbers_are_left_alone(data):
    bank, given, verification, _ = data

    def short(seed=0, **kwargs):
        method = small(seed=seed, training=dict(batch_size=64, max_epochs=2))
        return method(bank, given, verification, 6, CPU, **kwargs)

    outcome = short()
    torch.manual_seed(123)
    state = torch.get_rng_state()
    again = short()
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(again.similarity, outcome.similarity)
    assert torch.equal(again.thresholds, outcome.thresholds)
    assert not torch.equal(short(seed=1).similarity, outcome.similarity)
    assert not torch.equal(short(step=1).similarity, outcome.similarity)


def test_one_network_is_the_papers(data):
    bank, given, verification, _ = data
    relevance = small(num_networks=1)(bank, given, verification, 6, CPU)
    seen = ~relevance.cross_validated.isnan()
    share = int(seen.sum()) / int((verification >= 0).sum())
    assert share == pytest.approx(1 / 3, abs=0.02)
    assert torch.equal(relevance.cross_validated[seen], relevance.similarity[seen])


def test_samples_and_classes_that_cannot_take_part():
    bank, given, verification, _ = planted(num_classes=4)
    size = len(given)
    part = FeatureBank(size + 2)
    features = bank.units.float()
    features[7] = 0
    part.add(torch.arange(size), features)  # the last two were never seen
    given = torch.cat([given, torch.tensor([0, 3])])
    given[given == 2] = 1  # class 2 is empty
    verification = torch.cat([verification, torch.tensor([1, -1])])
    relevance = small(num_networks=1)(part, given, verification, 4, CPU)
    assert (~relevance.known).nonzero().flatten().tolist() == [7, size, size + 1]
    assert relevance.similarity[~relevance.known].tolist() == [0, 0, 0]
    assert relevance.attention[2].tolist() == [0] * 10
    assert relevance.similarity.isfinite().all()


@pytest.mark.parametrize('vector', [[0.0, 2.0, 0.0], [3.0, 0.0, 0.0]])
def test_features_that_are_all_alike_tell_nothing(vector):
    given = torch.arange(40) % 2
    verification = torch.tensor([1, 1, 0, -1]).repeat_interleave(10)
    bank = FeatureBank(40)
    bank.add(torch.arange(40), torch.tensor(vector).expand(40, 3))
    relevance = small(num_networks=1)(bank, given, verification, 2, CPU)
    assert relevance.similarity.isfinite().all()
    assert relevance.similarity[given == 0].unique().numel() == 1
    torch.testing.assert_close(relevance.attention.sum(1), torch.ones(2))


def test_few_unverified_samples_are_drawn(data):
    bank, _, verification, _ = data
    usable = torch.ones(len(verification), dtype=torch.bool)
    rows = small(max_unverified=20)._learnt_from(usable, verification, 0)
    assert int((verification[rows] < 0).sum()) == 20
    assert (verification[rows] >= 0).sum() == (verification >= 0).sum()
    none = small(max_unverified=0)._learnt_from(usable, verification, 0)
    assert (verification[none] >= 0).all()


def test_batches_are_half_unverified(data):
    bank, given, verification, _ = data
    seen = []

    class Watched(CleanNet):
        def loss(self, features, labels, verification, references, balance):
            seen.append((len(verification), int((verification < 0).sum()), balance))
            return super().loss(features, labels, verification, references, balance)

    references = small().references(bank, given, torch.ones(len(given)) > 0, 6)
    held_out = (verification >= 0).nonzero().flatten()[:50]
    training = CleanNetTraining(batch_size=64, max_epochs=2)
    relevance_data = RelevanceData(bank.units, given, verification, references)
    net = Watched(16, **SMALL['cleannet'])
    training(net, relevance_data, held_out, 'test')
    left = verification.clone()
    left[held_out] = -1
    right, wrong = int((left == 1).sum()), int((left == 0).sum())
    learnt = right + wrong
    assert sum(size for size, _, _ in seen) == 2 * 2 * learnt
    assert all(size == 2 * unverified for size, unverified, _ in seen)
    assert max(size for size, _, _ in seen) == 64
    assert {balance for _, _, balance in seen} == {right / wrong}


def test_stops_early_with_the_best_parameters(data):
    bank, given, verification, _ = data
    references = small().references(bank, given, torch.ones(len(given)) > 0, 6)
    held_out = (verification >= 0).nonzero().flatten()[:50]
    relevance_data = RelevanceData(bank.units, given, verification, references)
    losses = []

    class Watched(CleanNet):
        def train(self, mode=True):
            if mode:
                losses.append(0)
            return super().train(mode)

    torch.manual_seed(0)
    net = Watched(16, **SMALL['cleannet'])
    losses.clear()
    training = CleanNetTraining(batch_size=64, lr=0.01, max_epochs=200, patience=3)
    best = training(net, relevance_data, held_out, 'test')
    assert 3 < len(losses) < 200
    from nl_plugins.methods.cleannet.cleannet_training import _validation_loss

    left = verification.clone()
    left[held_out] = -1
    balance = int((left == 1).sum()) / int((left == 0).sum())
    assert _validation_loss(net, relevance_data, held_out, balance) == best
    assert not net.training


def test_says_when_it_stops_before_convergence(data, monkeypatch):
    said = []
    monkeypatch.setattr(MMLogger.get_current_instance(), 'warning', said.append)
    bank, given, verification, _ = data
    for epochs, patience in ((2, 10), (50, 1)):
        training = dict(batch_size=64, lr=0.1, max_epochs=epochs, patience=patience)
        small(num_networks=1, training=training)(bank, given, verification, 6, CPU)
    unfinished = [m for m in said if 'may not have converged' in m]
    assert len(unfinished) == 1
    assert 'max_epochs=2' in unfinished[0]


def test_a_class_whose_verified_images_fail_is_one_without_labels():
    bank, given, verification, _ = planted()
    seen = (given != 5) | (verification < 0)
    part = FeatureBank(len(given))
    part.add(bank.rows[seen], bank.units[seen].float())
    relevance = small(num_networks=1)(part, given, verification, 6, CPU)
    hidden = verification.masked_fill(given == 5, -1)
    want = small(num_networks=1)(part, given, hidden, 6, CPU)
    assert torch.equal(relevance.similarity, want.similarity)
    assert torch.equal(relevance.thresholds, want.thresholds)
    assert relevance.thresholds.unique().numel() == 2


def test_what_a_sample_without_features_gets(outcome):
    known = outcome.known.clone()
    known[[3, 9]] = False
    relevance = outcome._replace(known=known, similarity=outcome.similarity * known)
    for column in (
        relevance.scores,
        relevance.weights('soft'),
        relevance.weights('hard'),
        relevance.selected,
    ):
        assert column[[3, 9]].tolist() == [1, 1]
        assert 0 < column[known].double().mean() < 1


@pytest.mark.parametrize(
    ('change', 'error', 'message'),
    [
        (dict(num_folds=7), ValueError, '7-fold cross-validation needs at least 7'),
        (dict(cleannet=dict(embedding=3)), TypeError, 'embedding'),
        (dict(cleannet=dict(query_channels=999)), ValueError, 'query_channels'),
        (
            dict(cleannet=dict(loss=dict(type='RelevanceLoss', margin=-1))),
            ValueError,
            'margin',
        ),
    ],
)
def test_what_cannot_work_is_told_before_there_are_features(change, error, message):
    given = torch.arange(40) % 2
    verification = torch.tensor([1, 1, 0, -1]).repeat_interleave(10)
    verification[24:30] = -1
    small(num_folds=4).check(8, given, verification)
    state = torch.get_rng_state()
    with pytest.raises(error, match=message):
        small(**{**dict(num_folds=2), **change}).check(8, given, verification)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(num_folds=1), 'num_folds.*>= 2.*1'),
        (dict(num_references=0), 'num_references.*0'),
        (dict(reference_set='best'), "reference_set must be one of .*'best'"),
        (dict(num_networks=4), 'num_networks=4.*num_folds=3'),
        (dict(max_unverified=-1), 'max_unverified'),
        (dict(training=dict(lr=0)), 'lr must be a positive number'),
        (dict(training=dict(patience=0)), 'patience'),
        (dict(training=dict(batch_size=1)), 'batch_size'),
    ],
)
def test_bad_settings(change, message):
    with pytest.raises(ValueError, match=message):
        small(**change)
