import numpy as np
import pytest
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.wrappers.noise import build_transition


def test_symmetric():
    expected = [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]]
    transition = build_transition(dict(type='symmetric', rate=0.4), 3)
    np.testing.assert_allclose(transition, expected)


@pytest.mark.parametrize('pairs', [{0: 1, 2: 0}, {'0': 1, '2': 0}])
def test_asymmetric(pairs):
    expected = [[0.4, 0.6, 0], [0, 1, 0], [0.6, 0, 0.4]]
    noise = dict(type='asymmetric', pairs=pairs, rate=0.6)
    np.testing.assert_allclose(build_transition(noise, 3), expected)


@pytest.mark.parametrize(
    ('name', 'arrows'),
    [
        ('mnist', '2>7 3>8 5>6 6>5 7>1'),
        ('mnist_one_way', '2>7 3>8 5>6 7>1'),
        ('cifar10', '9>1 2>0 4>7 3>5 5>3'),
    ],
)
def test_the_recipes_of_the_papers(name, arrows):
    transition = build_transition(dict(type=name, rate=0.6), 10)
    expected = np.eye(10)
    for arrow in arrows.split():
        true, noisy = map(int, arrow.split('>'))
        expected[true, true], expected[true, noisy] = 0.4, 0.6
    np.testing.assert_allclose(transition, expected)


def test_the_cifar10_recipe_by_class_names():
    names = DATASETS.get('CIFAR10').METAINFO['classes']
    transition = build_transition(dict(type='cifar10', rate=1), 10)
    turned = {
        names[i]: names[int(row.argmax())]
        for i, row in enumerate(transition)
        if row[i] == 0
    }
    assert turned == dict(
        truck='automobile', bird='airplane', deer='horse', cat='dog', dog='cat'
    )


def test_imagenet_is_forty_per_cent_over_the_other_classes():
    transition = build_transition(dict(type='imagenet'), 5)
    np.testing.assert_allclose(transition, 0.1 + 0.5 * np.eye(5))
    np.testing.assert_allclose(
        build_transition(dict(type='imagenet', rate=0.2), 5), 0.05 + 0.75 * np.eye(5)
    )


def test_a_matrix_is_given_or_read(tmp_path):
    matrix = [[0.5, 0.5], [0.25, 0.75]]
    (tmp_path / 'matrix.json').write_text(str(matrix))
    for given in (matrix, np.array(matrix), str(tmp_path / 'matrix.json')):
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
        (dict(type='mnist', rate=0.6), 'mnist noise is for 10 classes, not for 3'),
        (dict(type='cifar10'), 'rate'),
        ('symmetric', 'noise must be like'),
        (dict(type='asymmetric', pairs=[(1, 2)], rate=0.5), 'pairs must be a mapping'),
        (dict(type='asymmetric', pairs={'cat': 2}, rate=0.5), "not 'cat'"),
        (
            dict(type='transition', matrix=[[1], [1, 2]]),
            'does not hold rows of numbers',
        ),
        (dict(type='transition', matrix=[[1.0]]), r'shape \(1, 1\).* 3 classes'),
    ],
)
def test_errors(noise, message):
    with pytest.raises(ValueError, match=message):
        build_transition(noise, 3)
