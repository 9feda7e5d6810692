import copy
import json
import pickle

import numpy as np
import pytest
from layouts.webvision import (
    LABELS,
    NUM_CLASSES,
    class_name,
    queries,
    samples,
    synset,
    val_samples,
    write_webvision,
)
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.webvision import WebVision
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels


@pytest.fixture
def root(tmp_path):
    return write_webvision(tmp_path / 'webvision', images=False)


def load(root, *args, **kwargs):
    return WebVision(str(root), *args, **kwargs)


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def expected(root, rows, with_text=False):
    """What the samples should be, from the rows of the layout."""
    found = [dict(img_path=f'{root}/{row[0]}', gt_label=row[1]) for row in rows]
    for index, (info, row) in enumerate(zip(found, rows)):
        info.update(text=row[2]) if with_text else None
        info['sample_idx'] = index
    return found


@pytest.mark.parametrize('version', ['1.0', '2.0'])
@pytest.mark.parametrize('with_text', [False, True])
def test_both_versions(tmp_path, version, with_text):
    root = write_webvision(tmp_path / 'webvision', version, images=False)
    (root / ('val_images_256' if version == '1.0' else 'val_images_resized')).mkdir()
    dataset = load(root, version=version, with_text=with_text)
    rows = samples('google', version) + samples('flickr', version)
    assert infos(dataset) == expected(root, rows, with_text)
    val = load(root, 'val', version, with_text=with_text)
    assert infos(val) == expected(root, val_samples(version))
    for each in (dataset, val):
        count = NUM_CLASSES[version]
        assert each.metainfo['classes'] == tuple(map(class_name, range(count)))
        assert each.metainfo['wordnet_ids'] == tuple(map(synset, range(count)))
        assert each.metainfo['descriptions'] == tuple(map(queries, range(count)))


@pytest.mark.parametrize('with_text', [False, True])
def test_mini_webvision(root, with_text):
    dataset = load(root, sources=['google'], num_classes=50, with_text=with_text)
    rows = [row for row in samples('google') if row[1] < 50]
    assert infos(dataset) == expected(root, rows, with_text)
    assert len(rows) == 6
    val = load(root, 'val', num_classes=50)
    assert infos(val) == expected(root, [row for row in val_samples() if row[1] < 50])
    for each in (dataset, val):
        assert each.metainfo['classes'] == tuple(map(class_name, range(50)))
        assert len(each.metainfo['wordnet_ids']) == 50
        assert each.metainfo['descriptions'][0] == ('tench', 'Tinca tinca fish')
        assert len(each.metainfo['descriptions']) == 50


def test_sources_in_the_order_asked_for(root):
    dataset = load(root, sources=('flickr', 'google'), with_text=True)
    rows = samples('flickr') + samples('google')
    assert infos(dataset) == expected(root, rows, with_text=True)


def test_texts_of_a_part(root):
    rows = samples('google') + samples('flickr')
    dataset = load(root, with_text=True, indices=[12, 3, 12])
    assert infos(dataset) == expected(root, [rows[i] for i in (12, 3, 12)], True)
    noisy = NoisyLabels(load(root, with_text=True), indices=[12])
    assert noisy.get_data_info(0)['text'] == rows[12][2]


def test_texts_hold_what_people_wrote(root):
    texts = [info['text'] for info in infos(load(root, with_text=True))]
    assert texts[0] == '<b>"google/q0001.json" & 2</b>'
    assert texts[10] == '<b>"flickr/q0002.json" & 3</b>\nGröße,\n日本 3\nfish, 3'


def test_texts_survive_copies_and_other_processes(root):
    dataset = load(root, with_text=True)
    before = infos(dataset)
    assert infos(pickle.loads(pickle.dumps(dataset))) == before
    assert infos(copy.deepcopy(dataset)) == before


def test_trains_without_the_metadata(root):
    for path in [*root.glob('*_json/*'), *root.glob('info/train_meta_list_*')]:
        path.unlink()
    for name in ('queries_google', 'queries_flickr', 'queries_synsets_map'):
        (root / 'info' / f'{name}.txt').unlink()
    dataset = load(root)
    assert infos(dataset) == expected(root, samples('google') + samples('flickr'))
    assert 'descriptions' not in dataset.metainfo
    assert dataset.notes == ["993 classes have no sample, the first is 'thing 3, x'"]


def test_missing_json_files_are_counted(root):
    (root / 'google_json/q0001.json').unlink()
    (root / 'flickr_json/q0002.json').unlink()
    dataset = load(root, with_text=True)
    texts = [info['text'] for info in infos(dataset)]
    assert [row for row, text in enumerate(texts) if text is None] == [0, 10, 11]
    message = '3 of 18 texts are missing, as their JSON files are not there'
    assert dataset.notes[0] == message


def test_all_json_files_missing(root):
    for path in root.glob('*_json/*'):
        path.unlink()
    with pytest.raises(FileNotFoundError, match='18 of 18 texts are .*google_json/'):
        load(root, with_text=True)


def test_images_are_read(tmp_path):
    root = write_webvision(tmp_path)
    config = dict(
        type='WebVision',
        data_root=str(root),
        missing_images='refuse',
        pipeline=[dict(type='LoadImageFromFile'), dict(type='PackInputs')],
    )
    for split, size in (('train', 2 * len(LABELS)), ('val', 8)):
        dataset = DATASETS.build(dict(config, split=split))
        assert len(dataset) == size
        assert dataset[size - 1]['inputs'].shape == (3, 8, 10)


def test_missing_image_is_named_with_its_line(tmp_path):
    root = write_webvision(tmp_path)
    (root / samples('flickr')[4][0]).unlink()
    (root / val_samples()[2][0]).unlink()
    for split, line in (('train', r'flickr\.txt, line 5'), ('val', r'txt, line 3')):
        with pytest.raises(FileNotFoundError, match=rf'1 of \d+ images .*{line}\)$'):
            load(root, split, missing_images='refuse')


@pytest.mark.parametrize('backend_args', [None, dict(backend='bucket')])
def test_other_backends(root, bucket, backend_args):
    dataset = load('bucket://webvision', with_text=True, backend_args=backend_args)
    rows = samples('google') + samples('flickr')
    assert infos(dataset) == expected('bucket://webvision', rows, with_text=True)
    val = load('bucket://webvision', 'val', backend_args=backend_args)
    assert infos(val) == expected('bucket://webvision', val_samples())


def test_published_counts():
    def counts(**settings):
        return WebVision(lazy_init=True, **settings).PUBLISHED_COUNTS

    assert counts() == dict(val=50_000)
    assert counts(num_classes=50) == dict(val=2_500)
    assert counts(version='2.0') == {}


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(split='test'), "split must be one of .'train', 'val'., but is 'test'"),
        (dict(version='3.0'), "version must be one of .'1.0', '2.0'., but is '3.0'"),
        (dict(sources='google'), "sources must list some of .* but is 'google'"),
        (dict(sources=['bing']), 'sources must list some of'),
        (dict(sources=[]), 'sources must list one or all of'),
        (dict(sources=['google', 'google']), 'sources must list one or all of'),
        (dict(num_classes=1001), 'WebVision 1.0 has 1000 classes, not num_classes=10'),
        (dict(num_classes=-1), 'not num_classes=-1'),
        (dict(num_classes=0), 'not num_classes=0'),
        (dict(num_classes='50'), "not num_classes='50'"),
        (dict(ann_file='x.txt'), "replace ann_file='x.txt' by split="),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        WebVision(lazy_init=True, **settings)


@pytest.mark.parametrize(('there', 'asked'), [('1.0', '2.0'), ('2.0', '1.0')])
def test_info_folder_of_the_other_version(tmp_path, there, asked):
    root = write_webvision(tmp_path / 'webvision', there, images=False)
    message = rf'synsets\.txt has {NUM_CLASSES[there]} classes, but WebVision {asked}'
    with pytest.raises(ValueError, match=message):
        load(root, version=asked)


def change(path, row, line):
    """Put another line in place of a row, counted from 1."""
    lines = path.read_text().splitlines()
    lines[row - 1] = line
    path.write_text('\n'.join(lines) + '\n')


@pytest.mark.parametrize(
    'rewrite',
    [
        lambda content: b'\xef\xbb\xbf' + content,
        lambda content: content.replace(b'\n', b'\r\n'),
        lambda content: content + b'\n\n',
    ],
    ids=['BOM', 'CRLF', 'blank lines'],
)
def test_text_files_from_other_editors(root, rewrite):
    before = load(root, with_text=True)
    for path in [*root.glob('info/*.txt'), *root.glob('*_json/*')]:
        path.write_bytes(rewrite(path.read_bytes()))
    after = load(root, with_text=True)
    assert infos(after) == infos(before)
    assert after.metainfo == before.metainfo


@pytest.mark.parametrize('name', ['with space.jpg', '日本,1.jpg', 'a"b\'c.jpg'])
def test_hostile_names(root, name):
    change(root / 'info/train_filelist_google.txt', 3, f'google/q0002/{name} 7')
    info = load(root).get_data_info(2)
    assert info['img_path'] == f'{root}/google/q0002/{name}'
    assert info['gt_label'] == 7


@pytest.mark.parametrize(
    ('name', 'line', 'message'),
    [
        ('synsets', 'tench', "expected a WordNet id and names, not 'tench'"),
        ('synsets', 'n0144076 tench', 'expected a WordNet id and names'),
        ('synsets', '', "expected a WordNet id and names, not ''"),
        ('synsets', f'{synset(0)} tench', f'{synset(0)} is on line 1, too'),
        ('train_filelist_flickr', 'flickr/q0001/x.jpg 1000', "'1000' is no label"),
        ('train_filelist_flickr', 'flickr/q0001/x.jpg', 'expected a name, one space'),
        (
            'train_filelist_flickr',
            f'{samples("flickr")[0][0]} 3',
            f"'{samples('flickr')[0][0]}' has 3 here, but 0 on line 1",
        ),
        ('train_meta_list_google', 'google/q0001.json 0', 'expected google/<file>'),
        ('train_meta_list_google', 'google/q0001.json x', 'and an entry from 1 on'),
        ('train_meta_list_google', 'google/q0001.json', 'expected google/<file>'),
        ('train_meta_list_google', 'flickr/q0001.json 1', 'expected google/<file>'),
        ('queries_google', 'tench', 'expected a number and what it stands for'),
        ('queries_synsets_map', '2', 'expected a number and what it stands for'),
        ('queries_synsets_map', '2 x', "'x' is no number of a class"),
        ('queries_synsets_map', '2 1001', '1001 is no number of one of the 1000'),
    ],
)
def test_bad_line(root, name, line, message):
    change(root / f'info/{name}.txt', 3, line)
    with pytest.raises(ValueError, match=rf'{name}\.txt, line 3: .*{message}'):
        load(root, with_text=True)


def test_val_label_without_class(root):
    change(root / 'info/val_filelist.txt', 8, 'val000008.jpg 1000')
    with pytest.raises(ValueError, match=r"val_filelist\.txt, line 8: '1000' is no"):
        load(root, 'val')


@pytest.mark.parametrize('with_text', [False, True])
def test_repeated_lines_count_once(root, with_text):
    """And the texts stay with their images."""
    before = infos(load(root, with_text=with_text))
    for name in ('filelist', 'meta_list'):
        path = root / f'info/train_{name}_google.txt'
        lines = path.read_text().splitlines()
        path.write_text('\n'.join([lines[0], *lines]) + '\n')
    dataset = load(root, with_text=with_text)
    assert infos(dataset) == before
    assert dataset.notes[0] == (
        f'{root}/info/train_filelist_google.txt: 1 lines only repeat another, and are '
        'left out'
    )


def test_lists_of_different_length(root):
    path = root / 'info/train_meta_list_flickr.txt'
    path.write_text(path.read_text() + 'flickr/q0001.json 1\n')
    message = r'meta_list_flickr\.txt has 10 lines, but train_filelist_flickr.txt has 9'
    with pytest.raises(ValueError, match=message):
        load(root, with_text=True)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('[{"title": "x"', 'is no JSON: .*line 1'),
        ('<html>', 'is no JSON'),
        ('', 'is no JSON'),
        ('[' * 100_000, 'is no JSON'),
        ('{"1": {"title": "x"}}', 'expected a list, but it holds a dict'),
        ('[{"title": "x"}]', 'has 1 entries, but entry 2 is asked for'),
        ('[{}, "x"]', 'entry 2: expected an object, not a str'),
        ('[{}, {"title": 3}]', 'entry 2: title is no string but 3'),
        ('[{}, {"description": ["x"]}]', 'entry 2: description is no string'),
        ('[{}, {"tags": "x"}]', "entry 2: tags are no list of strings but 'x'"),
        ('[{}, {"tags": ["x", 1]}]', 'entry 2: tags are no list of strings'),
        (b'[{}, {"title": "\xff"}]', 'is no JSON: .*utf-8'),
    ],
)
def test_bad_json(root, content, message):
    path = root / 'google_json/q0001.json'
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    dataset = load(root, with_text=True)
    with pytest.raises(ValueError, match=rf'q0001\.json.*{message}'):
        dataset.get_data_info(0)
    assert dataset.get_data_info(1)['text'] == samples('google')[1][2]


def test_entry_without_any_text(root):
    (root / 'google_json/q0001.json').write_text(json.dumps([{}, {'title': None}]))
    assert load(root, with_text=True).get_data_info(0)['text'] == ''


@pytest.mark.parametrize(
    'name', ['synsets', 'train_filelist_google', 'train_meta_list_flickr']
)
def test_missing_or_empty_text_file(root, name):
    path = root / f'info/{name}.txt'
    path.write_text('')
    with pytest.raises(ValueError, match=rf'{name}\.txt is empty'):
        load(root, with_text=True)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=rf'{name}\.txt'):
        load(root, with_text=True)


def test_missing_val_list(root):
    (root / 'info/val_filelist.txt').unlink()
    with pytest.raises(FileNotFoundError, match=r'info/val_filelist\.txt nor .*/val_f'):
        load(root, 'val')


def test_no_image_of_the_classes(root):
    path = root / 'info/train_filelist_google.txt'
    path.write_text(f'{samples("google")[8][0]} 999\n')
    with pytest.raises(ValueError, match='WebVision has no samples'):
        load(root, sources=['google'], num_classes=50)


def test_labels_stay_with_their_names_when_a_list_is_long(tmp_path, monkeypatch):
    """A list of several blocks, compared with a plain loop."""
    import nl_plugins.formats.text_lines as text_lines

    root = write_webvision(tmp_path / 'webvision', images=False)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 1000, 3000).tolist()
    lines = [f'google/q{i % 97:04d}/{i * i}.jpg {y}' for i, y in enumerate(labels)]
    (root / 'info/train_filelist_google.txt').write_text('\n'.join(lines))
    monkeypatch.setattr(text_lines.line_blocks, '__defaults__', (None, 1000))
    dataset = load(root, sources=['google'])
    assert [f'{i["img_path"]} {i["gt_label"]}' for i in infos(dataset)] == [
        f'{root}/{line}' for line in lines
    ]
