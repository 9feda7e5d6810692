"""What find writes beside its report."""

import csv
from types import SimpleNamespace

import numpy as np

from nl_plugins.running.find_files import write_twins


def test_no_pair_is_a_formula(tmp_path):
    found = SimpleNamespace(
        samples=SimpleNamespace(paths=lambda: ['=1+1.png', 'b,c.png', 'd.png']),
        estimate=SimpleNamespace(given=np.array([0, 1, 0])),
        class_names=['@cat', 'dog'],
        survey=SimpleNamespace(copies=[np.array([0, 2])]),
        twins=[(0, 1), (0, 2)],
    )
    write_twins(found, tmp_path / 'duplicates.csv')
    with open(tmp_path / 'duplicates.csv', newline='') as file:
        assert [*csv.reader(file)] == [
            ['img_path', 'other_path', 'given_name', 'other_name', 'kind'],
            ["'=1+1.png", 'b,c.png', "'@cat", 'dog', 'alike'],
            ["'=1+1.png", 'd.png', "'@cat", "'@cat", 'copy'],
        ]
