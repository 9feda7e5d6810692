import numpy as np
import pytest
from layouts.food101n import (
    KEYS,
    MISSING,
    ODD,
    VERIFIED_TRAIN,
    VERIFIED_VAL,
    write_food101,
    write_food101n,
)
from mmpretrain.datasets import Food101
from mmpretrain.datasets.categories import FOOD101_CATEGORIES
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.food101n import Food101N


@pytest.fixture
def root(tmp_path):
    return write_food101n(tmp_path / 'food101n', images=False)


def load(root, *args, **kwargs):
    return Food101N(str(root), *args, **dict(dict(missing_images='keep'), **kwargs))


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def expected(root, keys, verified=None):
    samples = []
    for index, key in enumerate(keys):
        label = FOOD101_CATEGORIES.index(key.split('/')[0])
        path = f'{root}/images/{key}'
        samples.append(dict(img_path=path, gt_label=label, sample_idx=index))
        if verified is not None:
            samples[-1]['verification'] = verified.get(key, -1)
    return samples


def test_train(root):
    dataset = load(root)
    assert infos(dataset) == expected(root, KEYS, VERIFIED_TRAIN)
    counts = np.bincount(dataset.columns.verification + 1)
    assert counts.tolist() == [61, 20, 40]  # nothing from verified_val
    assert infos(load(root, verified_by=())) == expected(root, KEYS)
    both = load(root, verified_by=['verified_train', 'verified_val'])
    assert infos(both) == expected(root, KEYS, {**VERIFIED_TRAIN, **VERIFIED_VAL})


def test_verified_splits(root):
    rows = [key for key in VERIFIED_TRAIN if key != ODD]
    assert infos(load(root, 'verified_train')) == expected(root, rows, VERIFIED_TRAIN)
    assert infos(load(root, 'verified_val')) == expected(
        root, VERIFIED_VAL, VERIFIED_VAL
    )


def test_row_under_two_classes_is_noted(root):
    path = f'{root}/meta/verified_train.tsv'
    assert load(root).notes == [
        f'{path}: 1 rows are left out because imagelist.tsv does not have their image, '
        'the first is line 62'
    ]


def test_missing_image_is_left_out(tmp_path):
    root = write_food101n(tmp_path)
    dataset = Food101N(str(root), verified_by=())
    keys = [key for key in KEYS if key != MISSING]
    assert infos(dataset) == expected(root, keys)
    assert dataset.notes == [
        f"1 of 121 images are missing, the first is '{root}/images/{MISSING}': left out"
    ]
    where = r'1 of 121 images are missing, .*imagelist\.tsv, line 52\)'
    with pytest.raises(FileNotFoundError, match=where):
        Food101N(str(root), missing_images='refuse')
    with pytest.raises(ValueError, match='missing_images must be one of'):
        Food101N(str(root), missing_images='ignore')


def test_images_are_read(tmp_path):
    root = write_food101n(tmp_path)
    pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]
    dataset = DATASETS.build(
        dict(type='Food101N', data_root=str(root), pipeline=pipeline)
    )
    assert dataset[119]['inputs'].shape == (3, 8, 10)
    assert dataset[119]['data_samples'].gt_label.item() == 19


def test_labels_are_those_of_the_test_set(tmp_path):
    test = Food101(str(write_food101(tmp_path)), split='test')
    assert len(test) == 101
    assert Food101N(lazy_init=True).metainfo['classes'] == test.metainfo['classes']


def test_classes_without_header_in_any_order(root):
    (root / 'meta/classes.txt').write_text('\n'.join(FOOD101_CATEGORIES[::-1]))
    assert infos(load(root)) == expected(root, KEYS, VERIFIED_TRAIN)


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
    before = infos(load(root))
    for path in (root / 'meta').iterdir():
        path.write_bytes(rewrite(path.read_bytes()))
    assert infos(load(root)) == before


@pytest.mark.parametrize('file', ['with space.jpg', '日本,1.jpg', 'a\'b"c\u2028.jpg'])
def test_hostile_names(root, file):
    path = root / 'meta/imagelist.tsv'
    path.write_text(path.read_text() + f'waffles/{file}\n')
    info = load(root, verified_by=()).get_data_info(-1)
    assert info['img_path'] == f'{root}/images/waffles/{file}'
    assert info['gt_label'] == 100


@pytest.mark.parametrize(
    ('name', 'line', 'text', 'message'),
    [
        ('classes.txt', 7, 'bibimbop', "'bibimbop' is no class of Food-101"),
        ('classes.txt', 1, 'name', "'name' is no class of Food-101"),
        ('imagelist.tsv', 1, 'waffles/1.jpg', "expected the header .'class_name/key'"),
        (
            'imagelist.tsv',
            5,
            'waffle/1.jpg',
            "'waffle/1.jpg' is no image of a class in",
        ),
        ('imagelist.tsv', 5, 'waffles', "'waffles' is no image of a class in"),
        ('imagelist.tsv', 5, 'waffles/', "'waffles/' is no image of a class in"),
        ('imagelist.tsv', 5, '', 'expected 1 values'),
        ('imagelist.tsv', 5, 'waffles/1.jpg\t1', 'expected 1 values'),
        ('verified_train.tsv', 1, f'{KEYS[0]}\t1', 'expected the header'),
        ('verified_train.tsv', 1, 'class_name/key', 'expected the header'),
        ('verified_train.tsv', 9, KEYS[7], 'expected 2 values'),
        ('verified_train.tsv', 9, f'{KEYS[7]} 1', 'expected 2 values'),
        ('verified_train.tsv', 9, f'{KEYS[7]}\t2', "'2' is no verification label"),
        ('verified_train.tsv', 9, f'{KEYS[7]}\t-1', "'-1' is no verification label"),
        ('verified_train.tsv', 9, f'{KEYS[7]}\tyes', "'yes' is no verification label"),
        ('verified_train.tsv', 9, f'{KEYS[0]}\t1', 'has 1 here, but 0 on line 2'),
    ],
)
def test_bad_line(root, name, line, text, message):
    path = root / 'meta' / name
    lines = path.read_text().splitlines()
    lines[line - 1] = text
    path.write_text('\n'.join(lines) + '\n')
    with pytest.raises(ValueError, match=rf'{name}, line {line}: .*{message}'):
        load(root)


def test_class_that_classes_txt_lacks(root):
    path = root / 'meta/classes.txt'
    path.write_text(path.read_text().replace('baklava\n', ''))
    with pytest.raises(
        ValueError, match=r"imagelist\.tsv, line 4: 'baklava/.*classes\.txt"
    ):
        load(root)


def test_repeated_rows_count_once(root):
    for name in ('imagelist', 'verified_train'):
        path = root / 'meta' / f'{name}.tsv'
        path.write_text(path.read_text() + path.read_text().partition('\n')[2])
    dataset = load(root)
    assert infos(dataset) == expected(root, KEYS, VERIFIED_TRAIN)
    for note, (name, count) in zip(
        dataset.notes, [('imagelist', 121), ('verified_train', 61)]
    ):
        path = root / 'meta' / f'{name}.tsv'
        assert note == f'{path}: {count} lines only repeat another, and are left out'


@pytest.mark.parametrize('name', ['classes.txt', 'imagelist.tsv', 'verified_train.tsv'])
def test_missing_or_empty_text_file(root, name):
    path = root / 'meta' / name
    path.write_text('')
    with pytest.raises(ValueError, match=f'{name} is empty'):
        load(root)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=name):
        load(root)


def test_no_row_but_a_header(root):
    (root / 'meta/imagelist.tsv').write_text('class_name/key\n')
    with pytest.raises(ValueError, match=r'imagelist\.tsv has a header only'):
        load(root)


def test_no_verified_image_is_listed(root):
    (root / 'meta/imagelist.tsv').write_text('class_name/key\nwaffles/none.jpg\n')
    with pytest.raises(ValueError, match='Food101N has no samples .*verified_val'):
        load(root, 'verified_val')


def test_published_counts_are_of_splits():
    assert set(Food101N.PUBLISHED_COUNTS) == set(Food101N.SPLITS)


def test_refuses_another_split():
    with pytest.raises(ValueError, match="split must be one of .* but is 'test'"):
        Food101N(split='test')
