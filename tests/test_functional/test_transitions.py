import numpy as np
import pytest
import torch

from nl_plugins.functional import asymmetric_noise, symmetric_noise


def test_symmetric_noise_of_three_classes():
    transition = symmetric_noise(3, 0.4)
    expected = [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]]
    assert transition.dtype == torch.float64
    torch.testing.assert_close(transition, torch.tensor(expected, dtype=torch.float64))


def test_asymmetric_noise_of_three_classes():
    transition = asymmetric_noise(3, {0: 2, 2: 1}, 0.3)
    expected = [[0.7, 0.0, 0.3], [0.0, 1.0, 0.0], [0.0, 0.3, 0.7]]
    assert transition.dtype == torch.float64
    torch.testing.assert_close(transition, torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize('rate', [0, 0.0, 0.2, 0.6, 1, 1.0, np.float64(0.5)])
@pytest.mark.parametrize('num_classes', [2, 3, 10, 1000])
def test_rows_sum_to_one(num_classes, rate):
    pairs = {0: 1, 1: 0}
    for transition in (
        symmetric_noise(num_classes, rate),
        asymmetric_noise(num_classes, pairs, rate),
    ):
        assert transition.shape == (num_classes, num_classes)
        assert (transition >= 0).all()
        ones = torch.ones(num_classes, dtype=torch.float64)
        torch.testing.assert_close(transition.sum(dim=1), ones, rtol=0, atol=1e-12)
        assert transition[0, 0].item() == 1 - rate


def test_no_pairs_is_no_noise():
    assert torch.equal(asymmetric_noise(4, {}, 0.5), torch.eye(4).double())


@pytest.mark.parametrize('rate', [-0.1, 1.1, float('nan'), '0.5'])
def test_bad_rate(rate):
    with pytest.raises(ValueError, match=rf'rate must lie in \[0, 1\], got .*{rate}'):
        symmetric_noise(3, rate)
    with pytest.raises(ValueError, match=rf'rate must lie in \[0, 1\], got .*{rate}'):
        asymmetric_noise(3, {0: 1}, rate)


@pytest.mark.parametrize('num_classes', [1, 0, -3, 2.0])
def test_bad_number_of_classes(num_classes):
    with pytest.raises(ValueError, match=f'num_classes.*{num_classes}'):
        symmetric_noise(num_classes, 0.1)
    with pytest.raises(ValueError, match=f'num_classes.*{num_classes}'):
        asymmetric_noise(num_classes, {}, 0.1)


@pytest.mark.parametrize(
    ('pairs', 'message'),
    [
        ({0: 3}, 'class of pairs must be < 3, got 3'),
        ({5: 0}, 'class of pairs must be < 3, got 5'),
        ({0: -1}, 'class of pairs.*-1'),
        ({0: 1.5}, r'class of pairs.*1\.5'),
        ({1: 1}, 'with itself, got 1'),
        ([(0, 1)], 'mapping, got list'),
    ],
)
def test_bad_pairs(pairs, message):
    with pytest.raises(ValueError, match=message):
        asymmetric_noise(3, pairs, 0.1)
