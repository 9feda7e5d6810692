"""The tool that lists images to verify, as a user starts it."""

import runpy
import sys

import pytest
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.verification_file import read_verification_file


def run(monkeypatch, *options):
    config = 'nl_plugins::baseline/digits_sym50.py'
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'verify', config, *options])
    runpy.run_module('nl_plugins', run_name='__main__')


def test_list_is_filled_in_and_loads_back(tmp_path, monkeypatch, capsys):
    out = tmp_path / 'list.csv'
    run(monkeypatch, '--per-class', '3', '--classes', '4', '--out', str(out))
    assert f'12 images of 4 classes: {out}' in capsys.readouterr().out
    listed = read_verification_file(out)
    assert len(listed) == 12
    assert len(set(listed.columns['given_label'].tolist())) == 4
    lines = out.read_text().splitlines()
    out.write_text('\n'.join([lines[0], *(f'{line}1' for line in lines[1:])]) + '\n')
    init_default_scope('mmpretrain')
    noisy = dict(
        type='NoisyLabels',
        dataset=dict(type='Digits', pipeline=[]),
        noise=dict(type='symmetric', rate=0.5),
    )
    dataset = dict(type='VerificationLabels', dataset=noisy, file=str(out))
    known = TrainingSet(DATASETS.build(dataset)).verification
    assert (known == 1).nonzero().flatten().tolist() == sorted(
        listed.columns['sample_idx'].tolist()
    )


def test_one_class_of_each_group(tmp_path, monkeypatch):
    groups = tmp_path / 'groups.csv'
    rows = [f'{digit},{"odd" if digit % 2 else "even"}' for digit in range(10)]
    groups.write_text('class,group\n' + '\n'.join(rows) + '\n')
    out = tmp_path / 'list.csv'
    run(monkeypatch, '--per-class', '2', '--groups', str(groups), '--out', str(out))
    labels = read_verification_file(out).columns['given_label'].tolist()
    assert len(labels) == 4
    assert sorted({label % 2 for label in labels}) == [0, 1]


def test_a_list_that_is_there_is_kept(tmp_path, monkeypatch):
    out = tmp_path / 'list.csv'
    out.write_text('work of hours')
    with pytest.raises(SystemExit, match='is there already'):
        run(monkeypatch, '--out', str(out))
    assert out.read_text() == 'work of hours'


def test_no_images_to_list(tmp_path, monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, '--per-class', '0', '--out', str(tmp_path / 'list.csv'))
    assert '--per-class must be at least 1, got 0' in capsys.readouterr().err
