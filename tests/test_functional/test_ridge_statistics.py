import pytest
import torch

from nl_plugins.functional import RidgeStatistics, leave_one_out_scores, ridge_chunk

from . import ridge_reference as reference
from .test_leave_one_out import EXACT, one_hot, samples


def collected(x, labels, parts=((0, None),), weights=None, **kwargs):
    statistics = RidgeStatistics(x.shape[1], 4, **kwargs)
    for start, stop in parts:
        rows = slice(start, stop)
        statistics.add(
            x[rows], labels[rows], None if weights is None else weights[rows]
        )
    return statistics


def assert_same(one, other, **tolerance):
    for name in ('weight', 'feature_mean', 'target_mean', 'scatter', 'cross'):
        torch.testing.assert_close(
            getattr(one, name), getattr(other, name), **tolerance
        )


def test_means_and_scatter_by_their_definition(generator):
    x, labels = samples(generator, 40, 6)
    w = torch.rand(40, generator=generator, dtype=torch.float64)
    statistics = collected(x, labels, [(0, 13), (13, 14), (14, 40)], w)
    share = w / w.sum()
    mean_x, mean_y = share @ x, share @ one_hot(labels)
    x, y = x - mean_x, one_hot(labels) - mean_y
    torch.testing.assert_close(statistics.feature_mean, mean_x)
    torch.testing.assert_close(statistics.target_mean, mean_y)
    torch.testing.assert_close(statistics.scatter, (x * w[:, None]).T @ x)
    torch.testing.assert_close(statistics.cross, (x * w[:, None]).T @ y)


def test_parts_merge_to_the_whole(generator):
    x, labels = samples(generator, 40, 6)
    whole = collected(x, labels)
    parts = [collected(x, labels, [part]) for part in ((30, 40), (0, 0), (0, 30))]
    for part in parts[1:]:
        parts[0].merge(part)
    assert_same(parts[0], whole, rtol=1e-10, atol=1e-10)
    empty = RidgeStatistics(6, 4)
    empty.merge(RidgeStatistics(6, 4))
    assert_same(empty, RidgeStatistics(6, 4))
    empty.merge(whole)
    assert_same(empty, whole)


def test_copies_count_as_weights_do(generator):
    x, labels = samples(generator, 30, 6)
    times = torch.arange(30) % 4
    copies = torch.arange(30).repeat_interleave(times)
    weighted = collected(x, labels, weights=times)
    assert_same(weighted, collected(x[copies], labels[copies]), rtol=1e-9, atol=1e-9)


def test_predictions_for_other_samples(generator):
    x, labels = samples(generator, 50, 6)
    w = torch.rand(50, generator=generator, dtype=torch.float64)
    fit = collected(x[:40], labels[:40], weights=w[:40]).solve().fit(0.2)
    weights = reference.fit(x[:40], one_hot(labels[:40]), w[:40], 0.2 * w[:40].sum())
    expected = weights[0] + x[40:] @ weights[1:]
    torch.testing.assert_close(fit.predict(x[40:]), expected, **EXACT)
    unused = fit.scores(x[40:], labels[40:], torch.zeros(10))
    torch.testing.assert_close(unused, expected, **EXACT)
    scores = fit.scores(x[:40], labels[:40], w[:40])
    expected = leave_one_out_scores(x[:40], labels[:40], 4, 0.2, weights=w[:40])
    torch.testing.assert_close(scores, expected, **EXACT)


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_a_constant_dimension_stays_exactly_constant(generator, dtype):
    x = torch.rand(1000, 3, generator=generator, dtype=torch.float64)
    x[:, 1] = 0.1
    labels = torch.randint(4, (1000,), generator=generator)
    parts = [(0, 333), (333, 334), (334, 1000)]
    w = torch.rand(1000, generator=generator)
    statistics = collected(x, labels, parts, w, dtype=dtype)
    assert statistics.scatter[1].count_nonzero() == 0
    path = statistics.solve(standardize=True)
    assert path.directions[1].count_nonzero() == 0
    assert path.variances.sum() == pytest.approx(2)  # one for each other dimension
    assert path.fit(0.1).predict(x).isfinite().all()


def test_default_path_has_equal_ratios_and_moves_with_the_scale(generator):
    x, labels = samples(generator, 40, 6)
    ridges = torch.tensor(collected(x, labels).solve().ridges, dtype=torch.float64)
    assert len(ridges) == 20
    torch.testing.assert_close(
        ridges[1:] / ridges[:-1], (ridges[1] / ridges[0]).expand(19)
    )
    assert ridges[0] == pytest.approx(1e-4 * float(x.var(dim=0, correction=0).mean()))
    largest = torch.linalg.eigvalsh(torch.cov(x.T, correction=0))[-1]
    assert ridges[-1] == pytest.approx(10 * float(largest))
    moved = collected(1000 * x + 5, labels).solve().ridges
    assert moved == pytest.approx((1e6 * ridges).tolist())


def test_single_precision(generator):
    x, labels = samples(generator, 400, 6)
    single = collected(x.float(), labels, dtype=torch.float32)
    double = collected(x.float(), labels)
    assert single.scatter.dtype == torch.float64
    assert_same(single, double, rtol=1e-4, atol=1e-2)
    one, other = (each.solve().fit(0.01) for each in (single, double))
    predicted = one.predict(x.float())
    assert predicted.dtype == torch.float64
    torch.testing.assert_close(predicted, other.predict(x.float()), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        (lambda s: RidgeStatistics(0, 1), 'dim must be an integer >= 1'),
        (lambda s: RidgeStatistics(1, 0), 'num_classes must be an integer >= 1'),
        (lambda s: RidgeStatistics(1, 1, torch.int64), 'dtype.*int64'),
        (
            lambda s: s.add(torch.ones(2, 3), torch.ones(2)),
            r'shape \(2, 2\), got \(2, 3',
        ),
        (lambda s: s.add(torch.ones(2, 2), torch.tensor([0, 4])), r'labels\[1\] = 4'),
        (
            lambda s: s.add(torch.ones(2, 2), torch.tensor([0])),
            r'shape \(2,\), got \(1',
        ),
        (
            lambda s: s.add(torch.tensor([[0, torch.nan]]), torch.tensor([0]), None, 7),
            r'features must be finite, got nan at \[7, 1\]',
        ),
        (lambda s: s.merge(RidgeStatistics(2, 3)), r'shape \(2, 4\), got \(2, 3\)'),
        (lambda s: s.solve(), 'no sample has a weight above 0'),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(RidgeStatistics(2, 4))


def test_bad_calls_of_a_solution(generator):
    path = collected(*samples(generator, 20, 2, 2)).solve()
    for ridge in (0, -1.0, torch.inf):
        with pytest.raises(ValueError, match='ridge must be a positive number'):
            path.fit(ridge)
    with pytest.raises(ValueError, match=r'shape \(1, 2\), got \(1, 3\)'):
        path.fit(1.0).predict(torch.ones(1, 3))
    with pytest.raises(ValueError, match='features.*finite'):
        path.fit(1.0).predict(torch.tensor([[0, torch.inf]]))


@pytest.mark.parametrize('dim', [1, 255, 256, 600])
def test_products_in_blocks_of_columns(generator, dim):
    x = torch.randn(5, dim, generator=generator, dtype=torch.float64)
    products = ridge_chunk.gram(x)
    torch.testing.assert_close(products, x.T @ x)
    lower = torch.randn(dim, dim, generator=generator, dtype=torch.float64).tril()
    lengths = ridge_chunk.lower_lengths(x, lower)
    torch.testing.assert_close(lengths, (x @ lower).square().sum(dim=1))


def test_blocks_of_columns_change_nothing(generator, monkeypatch):
    x, labels = samples(generator, 40, 9)
    expected = leave_one_out_scores(x, labels, 4)
    monkeypatch.setattr(ridge_chunk, '_COLUMNS', 4)
    torch.testing.assert_close(leave_one_out_scores(x, labels, 4), expected, **EXACT)
