"""Rows of lists and the samples that they are about."""

import numpy as np
import pytest

from nl_plugins.datasets.matched_rows import matched_rows
from nl_plugins.formats.fingerprint import digest

PATHS = ['ant/1.png', 'ant/2.png', 'bee/1.png', 'bee/2.png']


def naive(named, paths) -> list[int]:
    """By equal paths alone, where these are unique."""
    return [
        paths.index(n) if (paths.count(n), named.count(n)) == (1, 1) else -1
        for n in named
    ]


@pytest.mark.parametrize('seed', range(5))
def test_as_a_naive_search_whatever_came_went_and_moved(seed):
    rng = np.random.default_rng(seed)
    names = [f'{rng.integers(4)}/{i}.png' for i in range(60)]
    order = rng.permutation(60)
    named = [names[i] for i in order[:40]]
    paths = [names[i] for i in rng.permutation(order[10:])]
    got = matched_rows(named, rng.permutation(40).tolist(), paths)
    assert got.tolist() == naive(named, paths)


@pytest.mark.parametrize(
    ('named', 'indices', 'expected'),
    [
        (PATHS, [0, 1, 2, 3], [0, 1, 2, 3]),
        (PATHS[1:], [0, 1, 2], [1, 2, 3]),
        (['bee/2.png', 'gone.png'], [9, 0], [3, -1]),
        (['x/bee/1.png', 'ant/2.png'], [7, 7], [2, 1]),  # more folders
        (['1.png'], [2], [2]),  # its index has a file of that name
        (['1.png'], [3], [-1]),  # there are two of that name
        (['2.png', 'x.png'], [0, 0], [-1, -1]),
        (['ant/1.png', 'ant/1.png'], [8, 9], [-1, -1]),
        (['x/ant/1.png', 'y/ant/1.png'], [8, 9], [-1, -1]),
        (['', 'ant/1.png'], [1, 5], [-1, 0]),
        ([], [], []),
    ],
)
def test_what_a_row_is_about(named, indices, expected):
    assert matched_rows(named, indices, PATHS).tolist() == expected


def test_samples_with_more_folders_and_without_paths():
    there = [f'/data/{path}' for path in PATHS]
    assert matched_rows(PATHS[::-1], [0, 1, 2, 3], there).tolist() == [3, 2, 1, 0]
    assert matched_rows(['', '', ''], [2, 0, 9], ['', '', '']).tolist() == [2, 0, -1]


def test_what_files_hold_tells_renamed_images(tmp_path):
    """After their paths, and where that is clear."""
    for name, text in (('a', 'one'), ('b', 'two'), ('c', 'two'), ('d', 'four')):
        (tmp_path / name).write_text(text)
    paths = [str(tmp_path / name) for name in 'abcd'] + [str(tmp_path / 'missing')]
    contents = [digest(text).hex() for text in (b'one', b'two', b'x', b'one')] + ['']
    named = ['old/a', 'old/b', 'old/c', 'd', 'old/e']
    found = matched_rows(named, [9] * 5, paths, contents)
    assert found.tolist() == [0, -1, -1, 3, -1]
    assert matched_rows(named, [9] * 5, paths).tolist() == [-1, -1, -1, 3, -1]
