import numpy as np
import pytest

from nl_plugins.datasets.noise import build_transition


def test_symmetric():
    expected = [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]]
    transition = build_transition(dict(type='symmetric', rate=0.4), 3)
    np.testing.assert_allclose(transition, expected)


@pytest.mark.parametrize('pairs', [{0: 1, 2: 0}, {'0': 1, '2': 0}])
def test_asymmetric(pairs):
    expected = [[0.4, 0.6, 0], [0, 1, 0], [0.6, 0, 0.4]]
    noise = dict(type='asymmetric', pairs=pairs, rate=0.6)
    np.testing.assert_allclose(build_transition(noise, 3), expected)


def test_a_matrix_is_given_or_read(tmp_path):
    matrix = [[0.5, 0.5], [0.25, 0.75]]
    np.save(tmp_path / 'matrix.npy', matrix)
    for given in (matrix, np.array(matrix), str(tmp_path / 'matrix.npy')):
        noise = dict(type='transition', matrix=given)
        assert build_transition(noise, 2).tolist() == matrix


@pytest.mark.parametrize(
    ('noise', 'message'),
    [
        (dict(rate=0.5), 'noise type must be one of'),
        (dict(type='pairflip', rate=0.5), "'pairflip'"),
        (dict(type='symmetric'), 'rate'),
        (dict(type='symmetric', rate=0.5, seed=1), 'seed'),
        (dict(type='symmetric', rate=1.5), '1.5'),
        (dict(type='asymmetric', pairs={5: 6}, rate=0.5), '5'),
        (dict(type='transition', matrix=[[1.0]]), r'shape \(1, 1\).* 3 classes'),
    ],
)
def test_errors(noise, message):
    with pytest.raises(ValueError, match=message):
        build_transition(noise, 3)


def test_a_pickled_matrix_is_not_loaded(tmp_path):
    path = str(tmp_path / 'matrix.npy')
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match='allow_pickle=False'):
        build_transition(dict(type='transition', matrix=path), 3)
