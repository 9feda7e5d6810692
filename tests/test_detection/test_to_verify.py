import numpy as np
import pytest

from nl_plugins.detection.to_verify import (
    choose_by_score,
    choose_classes,
    choose_images,
    read_class_groups,
)

LABELS = np.arange(120) % 4
NONE = np.full(120, -1)


def test_as_many_of_each_class_and_none_twice():
    rows = choose_images(LABELS, NONE, [0, 2], 10, 0)
    assert len(set(rows.tolist())) == 20
    assert np.bincount(LABELS[rows], minlength=4).tolist() == [10, 0, 10, 0]


def test_fills_up_what_is_verified_already():
    known = NONE.copy()
    known[[0, 4, 8]] = [1, 0, 1]
    rows = choose_images(LABELS, known, [0, 1], 5, 0)
    assert not set(rows.tolist()) & {0, 4, 8}
    assert np.bincount(LABELS[rows]).tolist() == [2, 5]
    assert len(choose_images(LABELS, known, [0], 3, 0)) == 0
    assert len(choose_images(LABELS, known, [0], 1000, 0)) == 27


def test_seed_decides_class_by_class():
    first = choose_images(LABELS, NONE, [0, 1], 5, 0)
    assert choose_images(LABELS, NONE, [0, 1], 5, 0).tolist() == first.tolist()
    assert choose_images(LABELS, NONE, [1], 5, 0).tolist() == first[5:].tolist()
    assert choose_images(LABELS, NONE, [0, 1], 5, 1).tolist() != first.tolist()


def test_classes_are_all_or_a_random_choice():
    assert choose_classes(5) == [0, 1, 2, 3, 4]
    chosen = choose_classes(100, 30)
    assert len(set(chosen)) == 30
    assert chosen == sorted(chosen) == choose_classes(100, 30)
    assert chosen != choose_classes(100, 30, seed=1)


def test_one_class_of_each_group():
    groups = ['dog', 'car', 'dog', 'fish', 'car', 'dog']
    for seed in range(5):
        chosen = choose_classes(6, groups=groups, seed=seed)
        assert sorted(groups[label] for label in chosen) == ['car', 'dog', 'fish']
    assert len({tuple(choose_classes(6, groups=groups, seed=s)) for s in range(9)}) > 1
    assert len(choose_classes(6, 2, groups)) == 2


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(count=7), 'cannot choose 7 of 6 classes'),
        (dict(count=0), 'cannot choose 0'),
        (dict(count=3, groups=['a', 'a', 'a', 'b', 'b', 'b']), '3 of 2 groups'),
        (dict(groups=['a']), '1 groups for 6 classes'),
    ],
)
def test_impossible_choices(arguments, message):
    with pytest.raises(ValueError, match=message):
        choose_classes(6, **arguments)


def test_groups_of_a_file(tmp_path):
    path = tmp_path / 'groups.csv'
    path.write_text('class,group\n"b, c",x\na, y \n\n')
    assert read_class_groups(path, ['a', 'b, c']) == ['y', 'x']


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('class\na\n', 'line 1: missing column group'),
        ('class,group\nz,x\n', "line 2: 'z' is no class"),
        ('class,group\na,x\na,y\n', "line 3: 'a' is there twice"),
        ('class,group\na,\n', "line 2: 'a' has no group"),
        ('class,group\na,x\n', "no group for 1 classes: 'b'"),
    ],
)
def test_bad_groups(tmp_path, text, message):
    path = tmp_path / 'groups.csv'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_class_groups(path, ['a', 'b'])


def test_a_random_choice_takes_of_each_class_its_share():
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    scores, known = np.linspace(0, 1, 100), np.full(100, -1)
    chosen = choose_by_score(scores, labels, known, 20, 'random', seed=1)
    assert np.bincount(labels[chosen]).tolist() == [12, 6, 2]
    assert len(set(chosen.tolist())) == 20
    other = choose_by_score(scores, labels, known, 20, 'random', seed=2)
    assert chosen.tolist() != other.tolist()
    known[chosen] = 1
    again = choose_by_score(scores, labels, known, 40, 'random', seed=1)
    assert again[:20].tolist() == chosen.tolist()  # a larger list has the smaller one


@pytest.mark.parametrize('order', ['uncertain', 'suspicious'])
def test_scores_choose_among_the_images_without_a_mark(order):
    known = np.array([-1, 0, -1, 1, -1])
    chosen = choose_by_score([0.1, 0.2, 0.3, 0.4, 0.5], [0] * 5, known, 5, order)
    assert sorted(chosen) == [0, 2, 4]


def test_a_random_choice_is_of_all_images_whatever_was_marked_before():
    """The share of wrong labels in it is that of all on average."""
    rng = np.random.default_rng(0)
    wrong = rng.random(2000) < 0.4
    scores = 1 / (1 + np.exp(np.where(wrong, 1.2, -1.2) + rng.normal(0, 1.2, 2000)))
    labels, known = rng.integers(0, 10, 2000), np.full(2000, -1)
    before = choose_by_score(scores, labels, known, 400, 'suspicious')
    known[before] = ~wrong[before]
    facts = scores, labels, known, 200, 'random'
    shares = [wrong[choose_by_score(*facts, seed)].mean() for seed in range(50)]
    assert np.mean(shares) == pytest.approx(wrong.mean(), abs=0.015)


def test_an_unknown_order():
    with pytest.raises(ValueError, match='order'):
        choose_by_score([0.5], [0], [-1], 1, 'best')
