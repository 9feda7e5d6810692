"""The tool that lists images to verify, as a user starts it."""

import csv
import runpy
import sys

import pytest
import torch
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS
from tool_runs import run_tool

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import read_label_file, write_label_file
from nl_plugins.running.run_config import read_config


def run(monkeypatch, *options):
    config = 'nl_plugins::baseline/digits_sym50.py'
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'verify', config, *options])
    runpy.run_module('nl_plugins', run_name='__main__')


def rows_of(path) -> list[dict]:
    with path.open(newline='') as file:
        return [*csv.DictReader(file)]


def test_list_is_filled_in_and_loads_back(tmp_path, monkeypatch, capsys):
    out = tmp_path / 'list.csv'
    run(monkeypatch, '--per-class', '3', '--classes', '4', '--out', str(out))
    assert f'12 images of 4 classes: {out}' in capsys.readouterr().out
    listed = read_label_file(out)
    assert len(listed) == 12
    assert len(set(listed.given_labels.tolist())) == 4
    assert (listed.scores, set(listed.verification.tolist())) == (None, {-1})
    rows = rows_of(out)
    with out.open('w', newline='') as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(dict(row, verification=1) for row in rows)
    init_default_scope('mmpretrain')
    noisy = dict(
        type='NoisyLabels',
        dataset=dict(type='Digits', pipeline=[]),
        noise=dict(type='symmetric', rate=0.5),
    )
    dataset = dict(type='VerificationLabels', dataset=noisy, file=str(out))
    known = TrainingSet(DATASETS.build(dataset)).verification
    assert (known == 1).nonzero().flatten().tolist() == sorted(listed.indices.tolist())


def test_one_class_of_each_group(tmp_path, monkeypatch):
    groups = tmp_path / 'groups.csv'
    rows = [f'{digit},{"odd" if digit % 2 else "even"}' for digit in range(10)]
    groups.write_text('class,group\n' + '\n'.join(rows) + '\n')
    out = tmp_path / 'list.csv'
    run(monkeypatch, '--per-class', '2', '--groups', str(groups), '--out', str(out))
    labels = read_label_file(out).given_labels.tolist()
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


def labels_file(folder):
    path = folder / 'labels.csv'
    write_label_file(
        path,
        class_names=['cat', '=dog'],
        verification=[0] + [-1] * 7,
        img_paths=[f'{i}.png' for i in range(8)],
        given_labels=[0, 1] * 4,
        suggested_labels=[0] * 8,
        scores=[0.1, 0.9, 0.45, 0.3, 0.99, 0.55, 0.2, 0.8],
        weights=[1] * 8,
        selected=[1] * 8,
    )
    return path


@pytest.mark.parametrize(
    ('order', 'rows'), [('uncertain', [2, 5, 3]), ('suspicious', [6, 3, 2])]
)
def test_chosen_by_the_scores_of_a_file(tmp_path, monkeypatch, capsys, order, rows):
    path, out = labels_file(tmp_path), tmp_path / 'list.csv'
    options = ['--from', path, '--count', 3, '--order', order, '--out', out]
    command = ['nl_plugins', 'verify', *map(str, options)]
    monkeypatch.setattr(sys, 'argv', command)
    runpy.run_module('nl_plugins', run_name='__main__')
    assert '3 of 7 images that nobody has looked at' in capsys.readouterr().out
    listed = rows_of(out)
    assert [int(row['sample_idx']) for row in listed] == rows
    assert [row['img_path'] for row in listed] == [f'{row}.png' for row in rows]
    assert read_label_file(out).class_names == {0: 'cat', 1: '=dog'}
    assert "'=dog" in out.read_text()


def test_what_random_marks_say_so_far(tmp_path, monkeypatch, capsys):
    path = labels_file(tmp_path)
    marks = dict(img_paths=['0.png'], given_labels=[0], verification=[0])
    write_label_file(tmp_path / 'verified_random.csv', **marks)
    options = ['--from', path, '--order', 'random', '--out', tmp_path / 'list.csv']
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'verify', *map(str, options)])
    runpy.run_module('nl_plugins', run_name='__main__')
    printed = capsys.readouterr().out
    assert '1 random marks: 19 more, and the noise rate can be told' in printed
    assert '--verified-random' in printed


def test_a_random_list_has_the_marks_that_are_there(tmp_path, monkeypatch, capsys):
    path, out = labels_file(tmp_path), tmp_path / 'list.csv'
    options = ['--from', path, '--order', 'random', '--out', out]
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'verify', *map(str, options)])
    runpy.run_module('nl_plugins', run_name='__main__')
    printed = capsys.readouterr().out
    told = '7 of 7 images that nobody has looked at and 1 that have their mark already'
    assert told in printed
    assert read_label_file(out).verification.tolist() == [0] + [-1] * 7


def test_a_config_or_a_file(tmp_path, monkeypatch):
    for more in (
        [],
        ['config.py', '--from', 'labels.csv'],
        ['--from', 'x', '--count', '0'],
    ):
        monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'verify', *more])
        with pytest.raises(SystemExit):
            runpy.run_module('nl_plugins', run_name='__main__')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ('--from x.csv --judge m.py', '--judge is for a config, not for --from'),
        ('--from x.csv --per-class 3', '--per-class is for a config'),
        ('config.py --order random', '--order is for --from, not for a config'),
        ('config.py --top 1', '--top is for --judge'),
    ],
)
def test_what_would_be_ignored(monkeypatch, capsys, arguments, message):
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'verify', *arguments.split()])
    with pytest.raises(SystemExit):
        runpy.run_module('nl_plugins', run_name='__main__')
    assert message in capsys.readouterr().err


def test_what_is_no_list_is_told_in_a_line(tmp_path):
    (tmp_path / 'text.csv').write_text('no list')
    for path in (tmp_path, tmp_path / 'nowhere.csv', tmp_path / 'text.csv'):
        failed = run_tool('verify', '--from', path, '--out', tmp_path / 'list.csv')
        assert failed.returncode == 1
        assert 'nl-plugins verify: ' in failed.stderr
        assert str(path) in failed.stderr
        assert 'Traceback' not in failed.stderr


def test_a_network_fills_it_in(tmp_path, monkeypatch, capsys):
    """Every label is among the ten likeliest of ten classes."""
    out, name = tmp_path / 'list.csv', 'nl_plugins::baseline/digits_sym50.py'
    judge = ['--judge', name, '--top', '10', '--per-class', '2', '--out', str(out)]
    with pytest.raises(SystemExit, match='needs the --checkpoint of it'):
        run(monkeypatch, *judge)
    init_default_scope('mmpretrain')
    cfg = read_config(name)
    preprocessor = dict(cfg.data_preprocessor, type='ClsDataPreprocessor')
    model = MODELS.build(dict(cfg.model, data_preprocessor=preprocessor))
    checkpoint = tmp_path / 'some.pth'
    others = dict(dataset_meta=dict(classes=[*'1234567890']))
    torch.save(dict(state_dict=model.state_dict(), meta=others), checkpoint)
    with pytest.raises(SystemExit, match='the checkpoint'):
        run(monkeypatch, *judge, '--checkpoint', str(checkpoint))
    torch.save(dict(state_dict=model.state_dict()), checkpoint)
    run(monkeypatch, *judge, '--checkpoint', str(checkpoint))
    assert '20 labels are called right, 0 wrong' in capsys.readouterr().out
    assert read_label_file(out).verification.tolist() == [1] * 20
