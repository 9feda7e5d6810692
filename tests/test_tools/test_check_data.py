"""The tool, as a user starts it."""

import io
import json
import re
import runpy
import sys
from os.path import normpath

import pytest
from find_toy import write_images
from image_folder import Folder
from tool_runs import run_tool

from nl_plugins.datasets.image_labels import ImageLabels
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels

CONFIG = """
custom_imports = dict(imports=['nl_plugins'])
default_scope = 'mmpretrain'
model = dict(head=dict(num_classes=3))
train_dataloader = dict(dataset={train})
test_dataloader = dict(dataset={test})
"""


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def arguments(folder, *options):
    config = folder.path('config.py')
    train, test = folder.dataset('train'), folder.dataset('test')
    config.write_text(CONFIG.format(train=train, test=test))
    return ['check_data', str(config), *options]


def run(folder, *options, monkeypatch):
    """Run the tool in this process; return its exit status."""
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', *arguments(folder, *options)])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_module('nl_plugins', run_name='__main__')
    return exit_info.value.code


def test_clean_data_exits_with_0(folder, monkeypatch, capsys):
    assert run(folder, '--workers', '2', monkeypatch=monkeypatch) == 0
    assert 'nothing is wrong' in capsys.readouterr().out


def test_warnings_exit_with_0(folder, monkeypatch, capsys):
    folder.lists['train'].append(folder.lists['test'][0])
    assert run(folder, '--workers', '0', '--fast', monkeypatch=monkeypatch) == 0
    assert 'errors: 0, warnings: 1' in capsys.readouterr().out


def test_config_options(folder, monkeypatch, capsys):
    options = ('--workers', '0', '--cfg-options', 'model.head.num_classes=2')
    assert run(folder, *options, monkeypatch=monkeypatch) == 1
    assert 'label range' in capsys.readouterr().out


def test_errors_exit_with_1_and_are_written(folder, monkeypatch, capsys):
    """To a terminal that knows no Unicode."""
    folder.path('train/ant 0.jpg').rename(folder.path('train/größe.jpg'))
    folder.lists['train'][0] = 'train/größe.jpg 0'
    folder.write('train/größe.jpg', b'text')
    terminal = io.TextIOWrapper(io.BytesIO(), encoding='ascii')
    monkeypatch.setattr(sys, 'stdout', terminal)
    out = folder.path('new/found.json')
    options = ('--workers', '1', '--out', str(out))
    assert run(folder, *options, monkeypatch=monkeypatch) == 1
    terminal.flush()
    shown = terminal.buffer.getvalue().decode('ascii')
    assert 'ETA' in capsys.readouterr().err
    assert r'train/gr\xf6\xdfe.jpg' in shown
    assert 'errors: 1, warnings: 0' in shown
    (finding,) = json.loads(out.read_text())['findings']
    assert finding['samples'][0]['img_path'].endswith('train/größe.jpg')


def test_a_config_that_cannot_be_checked_is_told_without_a_traceback(
    folder, monkeypatch
):
    code = run(folder, '--workers', '-1', monkeypatch=monkeypatch)
    assert code == 'nl-plugins check_data: workers must be an integer >= 0, got -1'


def test_a_folder_or_a_table_of_images(tmp_path):
    wrong = write_images(tmp_path / 'images', per_class=3)
    assert wrong
    (tmp_path / 'images' / 'red' / 'text.png').write_text('text')
    done = run_tool('check_data', tmp_path / 'images', '--workers', 0)
    assert done.returncode == 1
    assert 'image undecodable' in done.stdout
    assert 'delete the file' in done.stdout
    assert 'annotation' not in done.stdout + done.stderr
    table = tmp_path / 'list.csv'
    table.write_text('path,label\nimages/red/0.png,a\nimages/blue/0.png,b\n')
    done = run_tool('check_data', table, '--workers', 0)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r'train +ImageLabels +2 +2\n', done.stdout), done.stdout
    table.write_text('path,label\nred/0.png,a\nblue/0.png,b\n')
    options = '--root', tmp_path / 'images', '--workers', 0
    done = run_tool('check_data', table, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run_tool('check_data', tmp_path / 'images', '--cfg-options', 'a=1')
    assert done.stderr.endswith('error: --cfg-options is for a config\n')
    done = run_tool('check_data', *options[1:], *options[:2])
    assert done.stderr.endswith('error: --root is for a table\n')


def test_the_clean_list_loads_as_it_is(tmp_path):
    write_images(tmp_path / 'images', per_class=3)
    (tmp_path / 'images' / 'red' / 'text.png').write_text('text')
    out = tmp_path / "bob's lists" / 'clean.csv'
    options = '--workers', 0, '--write-clean', out
    done = run_tool('check_data', tmp_path / 'images', *options)
    assert done.returncode == 1, done.stderr
    assert '(1 left out)' in done.stdout
    place = f'data_root={str(out.parent)!r}, ann_file={out.name!r}'
    assert f"dict(type='ImageLabels', {place})" in done.stdout
    whole = ImageLabels(data_root=str(tmp_path / 'images'))
    clean = ImageLabels(data_root=str(out.parent), ann_file=out.name)
    assert len(clean) == len(whole) - 1
    assert clean.metainfo == whole.metainfo
    names = [normpath(path) for path in clean.columns.paths]
    assert sorted(names) == [p for p in whole.columns.paths if 'text' not in p]
    wrapped = NoisyLabels(whole, label_file=str(out))
    assert len(wrapped) == len(whole)
    options = '--fast', '--write-clean', tmp_path / 'fast.csv'
    refused = run_tool('check_data', tmp_path / 'images', *options)
    assert refused.returncode == 2
    assert 'goes without --fast' in refused.stderr
    again = run_tool('check_data', out, '--workers', 0)
    assert again.returncode == 0, again.stdout
