import pytest
import torch
from processes import run_processes
from torch import distributed

from nl_plugins.supervision.gather import (
    gather_batches,
    gather_rows,
    merge_columns,
    merge_passes,
)


def test_a_sample_of_several_passes_is_kept_as_it_came_last():
    passes = [
        (torch.tensor([4, 1]), torch.tensor([[1.0], [2.0]]), torch.tensor([10, 20])),
        (torch.tensor([0, 4]), torch.tensor([[3.0], [4.0]]), torch.tensor([30, 40])),
        (torch.tensor([1, 1]), torch.tensor([[5.0], [6.0]]), torch.tensor([50, 60])),
    ]
    rows, features, labels = merge_passes(passes)
    assert rows.tolist() == [0, 1, 4]
    assert features.tolist() == [[3], [6], [4]]
    assert labels.tolist() == [30, 60, 40]


@pytest.mark.parametrize('rows', [[[2, 5, 7]], [[2, 5], [7]], [[7, 2], [5]]])
def test_passes_are_ordered_by_row_with_or_without_a_copy(rows):
    passes = [(torch.tensor(part), 10.0 * torch.tensor(part)) for part in rows]
    found, values = merge_passes(passes)
    assert found.tolist() == [2, 5, 7]
    assert values.tolist() == [20, 50, 70]


def test_rows_of_one_process_are_its_own():
    have = torch.tensor([True, False, True])
    values, seen = gather_rows(have, torch.tensor([[1.0], [2.0], [3.0]]))
    assert values.tolist() == [[1], [0], [3]]
    assert seen.tolist() == have.tolist()


def gather_uneven(rank):
    distributed.init_process_group('gloo')
    size = 3 - rank.rank
    batch = torch.arange(size) + 10 * rank.rank
    rows, values = gather_batches(batch, batch[:, None].float())
    return dict(rows=rows, values=values)


def test_batches_of_ranks_may_differ_in_size(tmp_path):
    for found in run_processes(gather_uneven, tmp_path, 2):
        assert found['rows'].tolist() == [0, 1, 2, 10, 11]
        assert found['values'].tolist() == [[0], [1], [2], [10], [11]]


def test_columns_of_one_rank_are_known_where_it_has_values():
    values = dict(a=torch.tensor([5, 6]), b=torch.tensor([[1.0, 2], [3, 4]]))
    columns = merge_columns(4, torch.tensor([3, 1]), values)
    assert columns.known.tolist() == [False, True, False, True]
    assert columns['a'].tolist() == [0, 6, 0, 5]
    assert columns['b'].tolist() == [[0, 0], [3, 4], [0, 0], [1, 2]]
    assert columns['a'].dtype == torch.int64
