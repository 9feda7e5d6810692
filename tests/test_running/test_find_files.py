"""What find writes beside its report."""

import csv
from types import SimpleNamespace

import numpy as np
import torch

from nl_plugins.detection.label_estimate import LabelEstimate
from nl_plugins.running import find_files
from nl_plugins.running.find_files import summary_lines, write_twins


class Samples(list):
    def paths(self):
        return self


def test_no_pair_is_a_formula(tmp_path):
    found = SimpleNamespace(
        samples=Samples(['=1+1.png', 'b,c.png', 'd.png']),
        estimate=SimpleNamespace(given=np.array([0, 1, 0])),
        class_names=['@cat', 'dog'],
        pairs=[(0, 1, 'alike'), (0, 2, 'copy')],
    )
    write_twins(found, tmp_path / 'duplicates.csv')
    with open(tmp_path / 'duplicates.csv', newline='') as file:
        assert [*csv.reader(file)] == [
            ['img_path', 'other_path', 'given_name', 'other_name', 'kind'],
            ["'=1+1.png", 'b,c.png', "'@cat", 'dog', 'alike'],
            ["'=1+1.png", 'd.png', "'@cat", "'@cat", 'copy'],
        ]


def test_a_class_without_a_name_is_told_by_its_number(tmp_path, monkeypatch):
    given = torch.tensor([0, 0])
    estimate = LabelEstimate(
        posterior=torch.tensor([[1.0, 0.0], [0.1, 0.9]], dtype=torch.float64),
        given=given,
        verification=torch.full_like(given, -1),
        limit=0.5,
        unmarked=torch.tensor([1.0, 0.1], dtype=torch.float64),
        drawn=given > 0,
    )
    found = SimpleNamespace(
        samples=Samples(['a.png', 'b.png']),
        estimate=estimate,
        class_names=['cat', ' '],
        survey=SimpleNamespace(check=SimpleNamespace(parts=[['a', 'b']])),
        notes=[],
        pairs=[],
    )
    monkeypatch.setattr(find_files, 'findings_lines', lambda check: ['verdict'])
    (worst,) = [line for line in summary_lines(found, tmp_path) if ' -> ' in line]
    assert worst.split() == ['0.100', 'cat', '->', 'class', '1', 'b.png']
