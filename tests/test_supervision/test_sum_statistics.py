import torch
from mmengine.config import Config
from mmengine.dist import all_reduce
from processes import run_processes

from nl_plugins.functional import RidgeStatistics, leave_one_out_scores
from nl_plugins.running.cpu_processes import prepare_cpu_processes
from nl_plugins.supervision.sum_statistics import sum_statistics


def samples():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(50, 6, generator=generator) + 10
    x[:, 2] = 0.1
    return x, torch.randint(3, (50,), generator=generator)


def sharded_scores(rank):
    """Leave-one-out scores of this rank's samples, from the statistics of all."""
    prepare_cpu_processes(Config(dict(launcher='pytorch')))
    x, labels = samples()
    mine = torch.arange(rank.rank, len(x), rank.world)
    if rank.world == 3:  # one of them has nothing to do
        mine = torch.arange(rank.rank, len(x), 2) if rank.rank < 2 else mine[:0]
    statistics = RidgeStatistics(6, 3)
    statistics.add(x[mine], labels[mine])
    path = sum_statistics(statistics).solve(standardize=True)
    errors = path.loo_errors(x[mine], labels[mine])
    all_reduce(errors, 'sum')
    scores = path.fit(path.best_ridge(errors)).scores(x[mine], labels[mine])
    return dict(
        mine=mine,
        scores=scores,
        ridges=torch.tensor(path.ridges),
        directions=path.directions,
    )


def test_several_processes_equal_one(tmp_path):
    x, labels = samples()
    expected = leave_one_out_scores(x, labels, 3, standardize=True)
    for world in (2, 3):
        ranks = run_processes(sharded_scores, tmp_path, world)
        scores = torch.zeros(50, 3, dtype=torch.float64)
        for rank in ranks:
            scores[rank['mine']] = rank['scores']
            assert torch.equal(rank['ridges'], ranks[0]['ridges'])
            assert torch.equal(rank['directions'], ranks[0]['directions'])
            assert rank['directions'][2].count_nonzero() == 0  # it is constant
        torch.testing.assert_close(scores, expected, rtol=0, atol=1e-8)


def test_one_process_keeps_what_it_has():
    x, labels = samples()
    statistics = RidgeStatistics(6, 3)
    statistics.add(x, labels)
    whole = sum_statistics(statistics)
    assert torch.equal(whole.scatter, statistics.scatter)
    before = statistics.scatter.clone()
    whole.add(x, labels)
    assert torch.equal(statistics.scatter, before)
