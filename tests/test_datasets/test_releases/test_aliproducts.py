import json

import pytest
from layouts.aliproducts import ENTRIES, SAMPLES, TREE, write_aliproducts
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.aliproducts import AliProducts


@pytest.fixture
def root(tmp_path):
    return write_aliproducts(tmp_path / 'aliproducts', images=False)


def load(root, *args, **kwargs):
    return AliProducts(str(root), *args, **kwargs)


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def expected(root, split):
    return [
        dict(img_path=f'{root}/{path}', gt_label=label, sample_idx=row)
        for row, (path, label) in enumerate(SAMPLES[split])
    ]


@pytest.mark.parametrize('split', ['train', 'val'])
def test_splits(root, split):
    assert infos(load(root, split)) == expected(root, split)


@pytest.mark.parametrize('start', ['', '/'])
@pytest.mark.parametrize('as_list', [False, True])
def test_other_spelling(root, start, as_list):
    annotations = [
        dict(fpath=start + path, category_id=label) for path, label in SAMPLES['val']
    ]
    content = dict(annotations=annotations, num_classes=50030)
    path = root / 'val.json'
    path.write_text(json.dumps(annotations if as_list else content))
    assert infos(load(root, 'val')) == expected(root, 'val')


def test_classes_and_tree(root):
    metainfo = load(root).metainfo
    assert len(metainfo['classes']) == 50_030
    assert metainfo['classes'][7] == '00007'
    leaves = metainfo['tree']['level1_node1']['level2_node1']
    assert leaves == {'level3_node1': ('00001', '00002'), 'level3_node2': ('50029',)}
    (root / 'product_tree.json').unlink()
    assert 'tree' not in load(root).metainfo


def test_bad_tree(root):
    (root / 'product_tree.json').write_text(json.dumps({**TREE, 'x': ['00001']}))
    with pytest.raises(ValueError, match=r"tree\.json: class '00001' is in .* and in"):
        load(root)


def test_images_are_read(tmp_path):
    root = write_aliproducts(tmp_path)
    config = dict(
        type='AliProducts',
        data_root=str(root),
        missing_images='refuse',
        pipeline=[dict(type='LoadImageFromFile'), dict(type='PackInputs')],
    )
    dataset = DATASETS.build(config)
    assert dataset[5]['inputs'].shape == (3, 8, 10)
    assert dataset[3]['data_samples'].gt_label.item() == 50_029
    (root / SAMPLES['train'][4][0]).unlink()
    with pytest.raises(FileNotFoundError, match=r'1 of 6 images .*/train/00007/'):
        DATASETS.build(config)


def test_repeated_entries_count_once(root):
    entries = [*ENTRIES['val'], ENTRIES['val'][0]]
    (root / 'val.json').write_text(json.dumps(dict(images=entries)))
    dataset = load(root, 'val')
    assert infos(dataset) == expected(root, 'val')
    assert dataset.notes[0] == (
        f'{root}/val.json: 1 entries only repeat another, and are left out'
    )


@pytest.mark.parametrize('name', ['größe,"x".jpg', 'new\nline.jpg', '日本.jpg'])
def test_hostile_names(root, name):
    entry = dict(image_id=name, class_id='00012')
    (root / 'val.json').write_text(json.dumps(dict(images=[entry])))
    info = load(root, 'val').get_data_info(0)
    assert info['img_path'] == f'{root}/val/00012/{name}'
    assert info['gt_label'] == 12


@pytest.mark.parametrize(
    ('entry', 'message'),
    [
        (dict(image_id='x.jpg', class_id='50030'), "'50030' is no class .0 to 50029"),
        (dict(image_id='x.jpg', class_id=-1), '-1 is no class'),
        (dict(image_id='x.jpg', class_id='chips'), "'chips' is no class"),
        (dict(image_id='x.jpg', class_id=''), "'' is no class"),
        (dict(image_id='x.jpg', class_id='１'), "'１' is no class"),
        (dict(image_id='x.jpg'), 'expected an object with an image_id and a class_id'),
        (dict(image_id='x.jpg', class_id=True), 'expected an object with'),
        (dict(image_id='x.jpg', class_id=1.0), 'expected an object with'),
        (dict(class_id='00001'), 'expected an object with'),
        (dict(image_id='', class_id='00001'), 'expected an object with'),
        (dict(image_id=17, class_id='00001'), 'expected an object with'),
        ('x.jpg', 'expected an object with'),
        (dict(image_id='\ud800.jpg', class_id=1), 'is no name of a file'),
        (
            dict(fpath=SAMPLES['val'][0][0], class_id=1),
            r'has 1 here, but 7 on entry 1',
        ),
    ],
)
def test_bad_entry(root, entry, message):
    entries = [ENTRIES['val'][0], entry, ENTRIES['val'][1]]
    (root / 'val.json').write_text(json.dumps(dict(images=entries)))
    with pytest.raises(ValueError, match=rf'val\.json, entry 2: .*{message}'):
        load(root, 'val')


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"images": [', 'is no JSON'),
        ('{"images": []}', "holds no list 'images'"),
        ('{"images": 3}', "holds no list 'images'"),
        ('{"samples": [1]}', "holds no list 'images'"),
        ('3', "holds no list 'images'"),
    ],
)
def test_bad_json(root, content, message):
    (root / 'val.json').write_text(content)
    with pytest.raises(ValueError, match=rf'val\.json {message}'):
        load(root, 'val')


def test_bom(root):
    path = root / 'val.json'
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes())
    assert infos(load(root, 'val')) == expected(root, 'val')


def test_missing_list(root):
    (root / 'val.json').unlink()
    with pytest.raises(FileNotFoundError, match=r'val\.json'):
        load(root, 'val')


def test_refuses_the_test_split():
    with pytest.raises(ValueError, match="split must be one of .* but is 'test'"):
        AliProducts(split='test')
