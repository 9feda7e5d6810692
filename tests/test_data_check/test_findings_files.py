"""What is printed and written."""

import json
import os

from image_folder import CLASSES, LOAD, jpeg
from toy import toy

from nl_plugins.data_check.findings_text import findings_lines
from nl_plugins.formats.atomic_file import write_json


def test_clean_data(folder):
    assert findings_lines(folder.check(folder.dataset('train'))) == [
        '',
        'part          dataset        samples  published  images decoded',
        'train         CustomDataset       12                         12',
        'val and test  CustomDataset        6                          6',
        '',
        'class  train  val and test',
        '0 ant      4             2',
        '1 bee      4             2',
        '2 cat      4             2',
        '',
        'nothing is wrong',
    ]


def test_findings_name_files_and_what_to_do(folder):
    for i in range(8):
        folder.path(f'train/{CLASSES[i % 3]} {i}.jpg').unlink()
    folder.lists['train'].append(folder.lists['train'][11])
    lines = findings_lines(folder.check(fast=True))
    start = lines.index(
        'ERROR train, image missing: 8 of 13 images are missing; the first: there is '
        f"no '{folder.root}/train/ant 0.jpg'"
    )
    assert lines[start + 1] == (
        f'    - train: {folder.root}/train/ant 0.jpg (label 0 ant)'
    )
    assert lines[start + 7] == '    and 2 more (--out FILE.json names all)'
    assert lines[start + 8].startswith('    restore them')
    start = next(i for i, line in enumerate(lines) if line.startswith('WARNING'))
    assert [line[:6] for line in lines[start + 1 : start + 3]] == ['    - ', '    = ']
    assert lines[-1] == (
        'errors: 1, warnings: 1; training or its evaluation would stop'
    )
    assert '--fast: a sample of the images was decoded, no contents compared' in lines


def test_noise_is_told(folder):
    lines = findings_lines(folder.check(toy(verified=True), toy(seed=1)))
    # 6 of 30 are wrong, two of each class; of 15 verified ones, those at 5, 15, 25
    assert (
        'train: 20.00% of 30 labels with a known true label are wrong; most often '
        '0 red -> 1 green (2), 1 green -> 2 blue (2), 2 blue -> 0 red (2)' in lines
    )
    assert 'train: 20.00% of 15 verified labels are wrong' in lines


def test_many_classes_show_the_smallest(folder):
    classes = [f'c{i}' for i in range(40)]
    folder.lists['train'] = [
        f'train/{CLASSES[i % 3]} {i}.jpg {39 - i}' for i in range(12)
    ]
    lines = findings_lines(
        folder.check(
            folder.dataset('train', classes=classes),
            folder.dataset('test', classes=classes),
            num_classes=40,
        )
    )
    start = lines.index('the 30 smallest of 40 classes')
    assert lines[start + 2].split() == ['0', 'c0', '0', '2']
    assert lines[start + 31].split() == ['29', 'c29', '1', '0']
    assert lines[start + 32] == ''


def test_hostile_names_are_escaped_and_written_as_they_are(folder, tmp_path):
    classes = ['a\nb', '\x1b[31mred', 'c\u202e']
    name = 'new\nline \u202e \x1b[2J.jpg'
    folder.write(f'images/0/{name}', b'')
    for i in range(3):
        folder.write(f'images/{i}/{i}.jpg', jpeg(i))
    folder.write('images/0/copy\n.jpg', jpeg(1))
    dataset = dict(
        type='CustomDataset',
        data_prefix=str(folder.path('images')),
        classes=classes,
        pipeline=LOAD,
    )
    with open(os.fsencode(folder.path('images/0')) + b'/\xff.jpg', 'wb'):
        pass
    checked = folder.check(dataset, folder.dataset('test', classes=classes))
    text = '\n'.join(findings_lines(checked))
    assert r'new\nline \u202e \x1b[2J.jpg (label 0 a\nb)' in text
    assert r'\udcff.jpg' in text
    assert r'1 \x1b[31mred' in text
    assert all(line.isprintable() for line in text.split('\n'))
    text.encode()

    out = tmp_path / 'new' / 'found.json'
    write_json(out, checked.content())
    content = json.loads(out.read_text())
    assert (content['num_errors'], content['num_warnings']) == (1, 1)
    assert content['num_classes'] == 3
    assert content['parts'][0]['classes'] == classes
    assert content['parts'][0]['class_counts'] == [4, 1, 1]
    empty, copies = content['findings']
    assert (empty['level'], empty['check']) == ('error', 'image unreadable')
    root = str(folder.path('images/0'))
    assert [sample['img_path'] for sample in empty['samples']] == [
        f'{root}/{name}',
        f'{root}/\udcff.jpg',
    ]
    assert [
        [(s['part'], s['sample_idx'], s['label']) for s in group]
        for group in copies['groups']
    ] == [[('train', 1, 0), ('train', 4, 1)]]


def test_samples_without_a_label_or_path(folder, tmp_path):
    train = folder.dataset('train', with_label=False)
    folder.lists['train'] = [line[:-2] for line in folder.lists['train']]
    train = folder.dataset('train', with_label=False)
    checked = folder.check(train)
    write_json(tmp_path / 'out.json', checked.content())
    findings = json.loads((tmp_path / 'out.json').read_text())['findings']
    labels = next(finding for finding in findings if finding['check'] == 'gt_label')
    assert len(labels['samples']) == 12
    assert labels['samples'][0]['label'] is None
    assert not any('(label' in line for line in findings_lines(checked))
