"""From a folder to wrong labels, and on to a model for plain MMPretrain."""

import csv
import json
import os
import runpy
import signal
import sys

import numpy as np
import pytest
import torch
from find_toy import COLOURS, coloured, write_images, write_network
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS
from processes import forked
from tool_runs import print_of_tool, run_tool

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.feature_file_writer import FeatureFileWriter
from nl_plugins.formats.label_file import read_label_file, write_label_file

HOSTILE = '=cmd|"-c calc"!A1 <img src=x onerror=alert(1)>\n.png'


@pytest.fixture(scope='module')
def done(tmp_path_factory):
    """A folder with odd files that `find` has looked at, and what it printed."""
    folder = tmp_path_factory.mktemp('find')
    root = folder / 'images'
    wrong = write_images(root)
    odd = {
        'red/text.jpg': b'no image',
        'red/empty.png': b'',
        'green/cut.png': coloured(1, COLOURS['green'])[:200],
        'green/no suffix': coloured(7, COLOURS['green'], 'JPEG'),
        f'blue/{HOSTILE}': coloured(8, COLOURS['blue']),
        'blue/copy.png': (root / 'red' / '1.png').read_bytes(),
    }
    for name, content in odd.items():
        (root / name).write_bytes(content)
    latin = os.path.join(os.fsencode(root), b'green', b'gr\xfcn.png')
    with open(latin, 'wb') as file:
        file.write(coloured(9, COLOURS['green']))
    (root / 'red' / 'nowhere.png').symlink_to('/no/such/file')
    (root / 'empty class').mkdir()
    options = '--model', write_network(folder), '--workers', 0
    printed = print_of_tool('find', root, '--out', folder / 'out', *options)
    return folder, wrong | {'blue/copy.png'}, printed


def paths_of(file):
    return np.array([*map(str, file.img_paths)])


def test_finds_what_is_wrong_and_leaves_out_what_is_no_image(done):
    folder, wrong, printed = done
    file = read_label_file(folder / 'out' / 'labels.csv')
    names = paths_of(file)
    assert len(file) == 64
    assert {'green/no suffix', f'blue/{HOSTILE}', 'green/gr\udcfcn.png'} < {*names}
    suspicious = {*names[~file.selected]}
    assert len(suspicious & wrong) >= 11
    assert len(suspicious - wrong) <= 2
    for message in (
        "1 class folders are empty, the first is 'empty class'",
        '3 of 67 images cannot be used and are left out',
        'text.jpg',
        '1 are links that lead nowhere',
        'Estimated wrong labels',
        'the most suspicious:',
        f'nl-plugins train {folder / "out" / "config.py"}',
    ):
        assert message in printed
    assert '\n.png' not in printed
    assert all(name.isprintable() for name in printed.split('\n'))
    content = json.loads((folder / 'out' / 'check.json').read_text())
    checks = {finding['check'] for finding in content['findings']}
    assert {'image unreadable', 'image undecodable'} < checks
    assert any('other label' in check for check in checks)


def test_arrays_are_as_cleanlab_takes_them(done):
    out = done[0] / 'out'
    probs, labels, features = (
        np.load(out / f'{name}.npy') for name in ('pred_probs', 'labels', 'features')
    )
    assert probs.shape == (64, 3)
    assert features.shape == (64, 8)
    assert np.allclose(probs.sum(axis=1), 1)
    file = read_label_file(out / 'labels.csv')
    assert np.array_equal(file.given_labels, labels)
    assert np.array_equal(file.scores, probs[np.arange(64), labels])
    assert np.array_equal(file.suggested_labels, probs.argmax(axis=1))


def test_pairs_that_are_one_picture_are_listed(done):
    with open(done[0] / 'out' / 'duplicates.csv', newline='') as file:
        header, *rows = csv.reader(file)
    assert header == ['img_path', 'other_path', 'given_name', 'other_name', 'kind']
    assert ['blue/copy.png', 'red/1.png', 'blue', 'red', 'copy'] in rows
    assert f'\n{len(rows)} pairs of images look like one picture' in done[2]


def test_the_page_is_there(done):
    out = done[0] / 'out'
    page = (out / 'index.html').read_text()
    assert page.startswith('<!doctype html>')
    (data,) = out.glob('report_files_*/data.js')
    assert r'\u003cimg src=x onerror' in data.read_text()
    assert '<img src=x' not in page + data.read_text()


def test_folder_file_training_set_and_back_bit_for_bit(done):
    folder = done[0]
    init_default_scope('mmpretrain')
    path = folder / 'out' / 'labels.csv'
    file = read_label_file(path)
    images = dict(
        type='ImageLabels',
        data_root=str(folder / 'images'),
        ann_file=str(path),
        columns=dict(path='img_path', label='given_name'),
        classes=['blue', 'green', 'red'],
    )
    (features,) = (folder / 'out').glob('features_*')
    for inner in (images, dict(type='Features', file=str(features))):
        samples = TrainingSet(DATASETS.build(inner))
        assert samples.paths() == paths_of(file).tolist()
        assert np.array_equal(samples.given_labels, file.given_labels)
        for use, rows, labels in (
            ('suggested', slice(None), file.suggested_labels),
            ('kept', file.recommended == 'keep', file.given_labels),
        ):
            settings = dict(label_file=str(path), use=use)
            view = dict(type='NoisyLabels', dataset=inner, **settings)
            found = TrainingSet(DATASETS.build(view))
            assert found.given_labels.tolist() == labels[rows].tolist()


def test_again_takes_no_features_and_finds_the_same(done):
    folder, _, _ = done
    out = folder / 'out'
    before = (out / 'labels.csv').read_bytes()
    (features,) = out.glob('features_*')
    stamp = (features / 'features.npy').stat().st_mtime_ns
    options = '--model', folder / 'tiny.py', '--workers', 0
    print_of_tool('find', folder / 'images', '--out', out, *options)
    assert (out / 'labels.csv').read_bytes() == before
    assert (features / 'features.npy').stat().st_mtime_ns == stamp


def test_killed_and_started_again_it_goes_on(done, tmp_path, monkeypatch):
    folder, out = done[0], tmp_path / 'out'
    options = '--model', folder / 'tiny.py', '--workers', 0
    arguments = 'find', folder / 'images', '--out', out, *options
    write = FeatureFileWriter.write

    def dies():
        def once(self, *parts):
            write(self, *parts)
            self.flush()
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(FeatureFileWriter, 'write', once)

    killed = run_tool(*arguments, prepare=dies)
    assert killed.returncode != 0
    assert [*out.glob('features_*.part')]
    assert not (out / 'labels.csv').exists()
    print_of_tool(*arguments)
    for name in ('labels.csv', 'pred_probs.npy', 'config.py'):
        assert (out / name).read_bytes() == (folder / 'out' / name).read_bytes()


def test_other_images_take_new_features(done, tmp_path):
    out, root = tmp_path / 'out', tmp_path / 'images'
    write_images(root, per_class=6, every=4)
    options = '--out', out, '--model', done[0] / 'tiny.py', '--workers', 0
    print_of_tool('find', root, *options)
    (root / 'red' / '5.png').unlink()
    own, foreign = out / 'features_0123456789ab.part', out / 'features_mine'
    for folder in (own, foreign):
        folder.mkdir()
        (folder / 'file').write_text('work of hours')
    link = out / 'features_0123456789ff'
    link.symlink_to(foreign)
    print_of_tool('find', root, *options)
    assert {path.name for path in (foreign, link)} < {p.name for p in out.iterdir()}
    assert (foreign / 'file').exists()
    assert not own.exists()
    assert len([*out.glob('features_*')]) == 3
    assert len(read_label_file(out / 'labels.csv')) == 17


def test_other_pictures_under_the_same_names_take_new_features(done, tmp_path):
    out, root = tmp_path / 'out', tmp_path / 'images'
    write_images(root, per_class=6, every=7)
    options = '--model', done[0] / 'tiny.py', '--workers', 0
    print_of_tool('find', root, '--out', out, *options)
    before, (old,) = np.load(out / 'features.npy'), out.glob('features_*')
    one, two = root / 'red' / '1.png', root / 'blue' / '1.png'
    red, blue = one.read_bytes(), two.read_bytes()
    one.write_bytes(blue)
    two.write_bytes(red)
    print_of_tool('find', root, '--out', out, *options)
    after = np.load(out / 'features.npy')
    names = paths_of(read_label_file(out / 'labels.csv')).tolist()
    changed = {*np.flatnonzero((before != after).any(axis=1)).tolist()}
    assert changed == {names.index('red/1.png'), names.index('blue/1.png')}
    assert not old.exists()


def test_a_class_of_one_picture_is_named_and_kept(done, tmp_path):
    out, root = tmp_path / 'out', tmp_path / 'images'
    write_images(root, per_class=6, every=7)
    for name, files in {'lone, one': ['a.png'], 'twice': ['a.png', 'b.png']}.items():
        (root / name).mkdir()
        for file in files:
            (root / name / file).write_bytes(coloured(len(files), (250, 250, 250)))
    options = '--model', done[0] / 'tiny.py', '--workers', 0
    printed = print_of_tool('find', root, '--out', out, *options)
    assert "labels of a single picture are not judged: 'lone, one', 'twice'" in printed
    file = read_label_file(out / 'labels.csv')
    rows = [n.startswith(('lone', 'twice')) for n in paths_of(file)]
    assert file.scores[rows].tolist() == [1.0] * 3
    assert file.selected[rows].all()


def test_marks_improve_and_are_kept(done, tmp_path):
    folder, wrong, _ = done
    out = tmp_path / 'out'
    file = read_label_file(folder / 'out' / 'labels.csv')
    names = paths_of(file)
    rows = np.flatnonzero(np.isin(names, sorted(wrong)[:5]))
    marks = tmp_path / 'marks.csv'
    write_label_file(
        marks,
        indices=rows + 1000,  # their numbers when they were marked
        img_paths=names[rows].tolist(),
        given_labels=file.given_labels[rows],
        verification=[1] * len(rows),
    )
    options = '--out', out, '--model', folder / 'tiny.py', '--workers', 0
    print_of_tool('find', folder / 'images', *options, '--verified', marks)
    found = read_label_file(out / 'labels.csv')
    assert (found.scores[rows] == 1).all()
    assert (found.recommended[rows] == 'keep').all()
    before = (out / 'labels.csv').read_bytes()
    print_of_tool('find', folder / 'images', *options)
    assert (out / 'labels.csv').read_bytes() == before
    assert "type='VerificationLabels'" in (out / 'config.py').read_text()
    run = '--work-dir', tmp_path / 'run', '--cfg-options', 'train_cfg.max_epochs=1'
    print_of_tool('train', out / 'config.py', *run)
    trained = read_label_file(tmp_path / 'run' / 'cleaned_labels.csv')
    assert (trained.scores[rows] == 1).all()


def test_marks_of_a_random_draw_tell_the_noise_rate(done, tmp_path):
    folder, wrong, _ = done
    out, marks = tmp_path / 'out', tmp_path / 'random.csv'
    labels = folder / 'out' / 'labels.csv'
    options = '--order', 'random', '--count', 30, '--out', marks
    print_of_tool('verify', '--from', labels, *options)
    listed = read_label_file(marks)
    answers = [int(name not in wrong) for name in paths_of(listed)]
    write_label_file(marks, **dict(vars(listed), verification=answers))
    options = '--model', folder / 'tiny.py', '--workers', 0
    arguments = 'find', folder / 'images', '--out', out, *options
    printed = print_of_tool(*arguments, '--verified-random', marks)
    assert 'images drawn at random, which correct the mean' in printed
    assert ' random marks; ' in printed
    assert ' more would give ' in printed
    again = print_of_tool(*arguments)
    assert 'images drawn at random, which correct the mean' in again


@pytest.mark.parametrize('use', ['weighted', 'kept', 'corrected', 'all'])
def test_trains_on_any_use_and_writes_a_model_of_images(done, tmp_path, use):
    folder = done[0]
    options = '--use', use, '--work-dir', tmp_path
    options += '--cfg-options', 'optim_wrapper.optimizer.lr=0.01'
    printed = print_of_tool('train', folder / 'out' / 'config.py', *options)
    assert f"ImageClassificationInferencer('{tmp_path / 'model.py'}'" in printed
    if use == 'weighted':  # without the copies that duplicates.csv names
        trained = read_label_file(tmp_path / 'cleaned_labels.csv')
        found = read_label_file(folder / 'out' / 'labels.csv')
        assert np.allclose(trained.scores, found.scores, atol=2e-3)

    def classify():
        from mmpretrain import ImageClassificationInferencer

        model = tmp_path / 'model.py', tmp_path / 'model.pth'
        inferencer = ImageClassificationInferencer(*map(str, model), device='cpu')
        names = [f'{name}/1.png' for name in COLOURS]
        images = [str(folder / 'images' / name) for name in names]
        assert [result['pred_class'] for result in inferencer(images)] == [*COLOURS]

    (told,) = forked(classify)
    assert told.returncode == 0, told.stderr[-2000:]


def test_a_use_is_for_its_own_config(done):
    failed = run_tool('train', done[0] / 'tiny.py', '--use', 'kept')
    assert failed.returncode == 1
    assert '--use is for a config that `find` wrote' in failed.stderr


def test_its_own_file_is_looked_at_again(done, tmp_path):
    folder = done[0]
    labels = folder / 'out' / 'labels.csv'
    labels.read_text('utf-8')  # although a name is no UTF-8
    options = '--root', folder / 'images', '--model', folder / 'tiny.py'
    out = '--out', tmp_path / 'out', '--workers', 0
    print_of_tool('find', labels, *options, *out)
    first, again = read_label_file(labels), read_label_file(tmp_path / 'out/labels.csv')
    assert paths_of(again).tolist() == paths_of(first).tolist()
    assert np.array_equal(again.given_labels, first.given_labels)
    assert np.allclose(again.scores, first.scores)


def test_a_config_with_its_network(done, tmp_path):
    folder = done[0]
    config, weights = tmp_path / 'config.py', tmp_path / 'weights.pth'
    table = tmp_path / 'list.csv'
    names = [f'{name}/{i}.png,{name}' for name in COLOURS for i in range(10)]
    table.write_text('\n'.join(['path,label', *names]))
    dataset = f"dict(type='ImageLabels', data_root={str(folder / 'images')!r}, "
    dataset += f'ann_file={str(table)!r}, pipeline=[dict(type="LoadImageFromFile")])'
    text = (folder / 'tiny.py').read_text()
    config.write_text(f'{text}\ntrain_dataloader = dict(dataset={dataset})')
    state = torch.load(folder / 'out' / 'network.pth', weights_only=True)
    torch.save(state, weights)
    out = tmp_path / 'out'
    print_of_tool('find', config, weights, '--out', out, '--workers', 0)
    assert len(read_label_file(out / 'labels.csv')) == 30


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['/no/such\x1b[31mfolder'], r"nl-plugins find: '/no/such\x1b[31mfolder'"),
        (['{folder}', '--model', 'no_such_model'], 'no_such_model'),
        (['{images}', '--verified', '/no/m.csv'], '/no/m.csv: there is no such list'),
        (['{images}', '--out', '/no/a\\b'], 'a config cannot have in its paths'),
    ],
)
def test_what_cannot_work_is_told_in_a_line(done, tmp_path, arguments, message):
    places = dict(folder=done[0] / 'images', images=done[0] / 'images')
    arguments = [part.format(**places) for part in arguments]
    if '--model' not in arguments:
        arguments += ['--model', str(done[0] / 'tiny.py')]
    if '--out' not in arguments:
        arguments += ['--out', str(tmp_path / 'out')]
    failed = run_tool('find', *arguments, '--workers', 0)
    assert failed.returncode == 1
    assert message in failed.stderr
    assert 'Traceback' not in failed.stderr


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ('. some.pth', 'a checkpoint needs --model, the config that it belongs to'),
        ('. --root images', '--root is for a table'),
        ('. --model m.py --size 64', '--size is for EfficientNet-Lite0'),
        ('. --size 0', '--size must be at least 1, got 0'),
    ],
)
def test_options_that_do_not_fit(monkeypatch, capsys, arguments, message):
    options = [*arguments.split(), '--out', 'nowhere']
    monkeypatch.setattr(sys, 'argv', ['nl_plugins', 'find', *options])
    with pytest.raises(SystemExit):
        runpy.run_module('nl_plugins', run_name='__main__')
    assert message in capsys.readouterr().err
