"""Samples that are one picture."""

import itertools

import numpy as np

from nl_plugins.functional.one_picture import one_picture


def test_what_is_linked_is_one_picture():
    found = one_picture(8, [np.array([1, 4, 6]), (6, 7), (2, 3)])
    pairs = itertools.combinations(range(8), 2)
    same = {(i, j) for i, j in pairs if found[i] == found[j]}
    assert same == {(1, 4), (1, 6), (1, 7), (4, 6), (4, 7), (6, 7), (2, 3)}


def test_a_link_of_more_than_half_is_none():
    assert len({*one_picture(7, [(0, 1, 2, 3), (5, 6)]).tolist()}) == 6
    assert len({*one_picture(5, []).tolist()}) == 5
