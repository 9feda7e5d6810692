import pytest
import torch

from nl_plugins.supervision.feature_bank import FeatureBank
from nl_plugins.supervision.sample_table import SampleTable


@pytest.mark.parametrize('memory_limit', [1 << 30, 0], ids=['memory', 'file'])
def test_features_come_back_by_sample(tmp_path, memory_limit):
    bank = FeatureBank(10, memory_limit=memory_limit, directory=str(tmp_path))
    features = torch.randn(10, 4, generator=torch.Generator().manual_seed(0)) * 1e6
    bank.add(torch.tensor([7, 2]), features[[7, 2]])
    bank.add(torch.tensor([2, 0, 9]), features[[2, 0, 9]])
    assert len(bank.rows) == 4
    assert sorted(bank.rows.tolist()) == [0, 2, 7, 9]
    assert bank.slots(torch.tensor([1, 3])).tolist() == [-1, -1]
    for row in (0, 2, 7, 9):
        slot = bank.slots(torch.tensor([row]))
        unit = features[row] / features[row].norm()
        assert torch.allclose(bank.units[slot][0].float(), unit, atol=1e-3)
        assert torch.allclose(bank.norms[slot], features[row].norm())
    assert not list(tmp_path.iterdir()), 'the file has no name'


def test_adding_again_overwrites_and_clear_forgets():
    bank = FeatureBank(3)
    bank.add(torch.tensor([1]), torch.tensor([[1.0, 0.0]]))
    bank.add(torch.tensor([1]), torch.tensor([[0.0, 2.0]]))
    assert len(bank.rows) == 1
    assert bank.units.tolist() == [[0.0, 1.0]]
    bank.clear()
    assert len(bank.rows) == 0
    assert bank.slots(torch.arange(3)).tolist() == [-1, -1, -1]


def test_a_sample_twice_in_a_batch_takes_one_slot():
    bank = FeatureBank(3, capacity=1)
    bank.add(torch.tensor([2, 2]), torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
    assert bank.rows.tolist() == [2]


def test_zero_vectors_are_marked_and_divergence_is_named():
    bank = FeatureBank(4)
    bank.add(torch.tensor([3, 1]), torch.tensor([[0.0, 0.0], [0.0, 5.0]]))
    norms = dict(zip(bank.rows.tolist(), bank.norms.tolist(), strict=True))
    assert norms == {3: 0.0, 1: 5.0}
    assert torch.isfinite(bank.units).all()
    with pytest.raises(RuntimeError, match='sample 2 is not finite'):
        bank.add(torch.tensor([0, 2]), torch.tensor([[1.0, 1.0], [float('nan'), 1.0]]))


def test_table_state_round_trip_and_refusal():
    table = SampleTable(torch.tensor([0, 1, 2]), 'abc')
    table.suggested_labels[0] = 2
    table.weights[1] = 0.25
    table.selected[2] = False
    state = table.state_dict()
    table.weights[1] = 9.0  # the state is a copy
    other = SampleTable(torch.tensor([0, 1, 2]), 'abc')
    other.load_state_dict(state)
    assert other.suggested_labels.tolist() == [2, 1, 2]
    assert other.weights.tolist() == [1.0, 0.25, 1.0]
    assert other.selected.tolist() == [True, True, False]
    with pytest.raises(ValueError, match='another training set'):
        SampleTable(torch.tensor([0, 1, 2]), 'xyz').load_state_dict(state)
    with pytest.raises(ValueError, match='another training set'):
        SampleTable(torch.tensor([0, 1]), 'abc').load_state_dict(state)
