"""The walk in several processes."""

import os

import numpy as np
import pytest

from nl_plugins.data_check.processes import default_workers, map_indices


def squares(offset, rows):
    return rows * rows + offset


def dies(victim, rows):
    if victim in rows:
        os._exit(1)
    return rows


def fails(victim, rows):
    if victim in rows:
        raise ValueError(f'sample {victim} is odd')
    return rows


@pytest.mark.parametrize('workers', [0, 1, 3])
@pytest.mark.parametrize('count', [1, 5, 1000])
def test_results_come_in_the_order_of_the_rows(workers, count, capfd):
    rows = np.arange(count)[::-1]
    expected = (rows * rows + 7).tolist()
    assert map_indices(squares, 7, rows, workers, 'squares').tolist() == expected
    shown = capfd.readouterr().err
    assert shown.startswith('squares\n')
    assert f'{count}/{count}' in shown
    assert 'ETA' in shown


def test_a_process_that_dies_ends_the_walk():
    with pytest.raises(RuntimeError, match='images: a process died'):
        map_indices(dies, 900, np.arange(1000), 2, 'images')


@pytest.mark.parametrize('workers', [0, 2])
def test_errors_come_through(workers):
    with pytest.raises(ValueError, match='sample 900 is odd'):
        map_indices(fails, 900, np.arange(1000), workers, 'images')


def test_workers():
    assert default_workers() >= 1
