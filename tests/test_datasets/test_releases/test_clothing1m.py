import numpy as np
import pytest
from layouts.clothing1m import CLASSES, CLEAN, LISTS, NOISY, write_clothing1m
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.clothing1m import Clothing1M


@pytest.fixture
def root(tmp_path):
    return write_clothing1m(tmp_path / 'clothing1m', images=False)


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def expected(root, keys, given, verified_in=None):
    """What the samples should be, from the dictionaries of the layout."""
    samples = []
    for index, key in enumerate(keys):
        info = dict(img_path=f'{root}/{key}', gt_label=given[key], sample_idx=index)
        if verified_in is not None:
            true = CLEAN[key] if key in verified_in else -1
            verification = -1 if true < 0 else int(true == given[key])
            info.update(true_label=true, verification=verification)
        samples.append(info)
    return samples


def with_noisy_label(name):
    return [key for key in LISTS[name] if key in NOISY]


@pytest.mark.parametrize(
    ('split', 'name'),
    [('clean_train', 'clean_train'), ('val', 'clean_val'), ('test', 'clean_test')],
)
def test_clean_splits(root, split, name):
    dataset = Clothing1M(str(root), split)
    assert infos(dataset) == expected(root, LISTS[name], CLEAN)
    assert len(dataset) == 28


@pytest.mark.parametrize(
    'verified_by', [['clean_train'], ['clean_val'], ['clean_val', 'clean_train']]
)
def test_noisy_train(root, verified_by):
    dataset = Clothing1M(str(root), 'noisy_train', verified_by)
    verified_in = {key for name in verified_by for key in LISTS[name]}
    verified_in = verified_in & {*LISTS['noisy_train']} or None
    assert infos(dataset) == expected(root, LISTS['noisy_train'], NOISY, verified_in)
    assert (dataset.columns.verification >= 0).sum() == ('clean_train' in verified_by)


def test_without_supervision(root):
    dataset = Clothing1M(str(root), verified_by=())
    assert infos(dataset) == expected(root, LISTS['noisy_train'], NOISY)


def test_noisy_and_verified_train(root):
    dataset = Clothing1M(str(root), 'noisy_and_verified_train')
    keys = LISTS['noisy_train'] + with_noisy_label('clean_train')[1:]
    assert infos(dataset) == expected(root, keys, NOISY, LISTS['clean_train'])
    assert len(dataset) == 43 + 13
    assert np.bincount(dataset.columns.verification + 1).tolist() == [42, 7, 7]


def test_both_verifying_lists(root):
    dataset = Clothing1M(
        str(root), 'noisy_and_verified_train', ['clean_train', 'clean_val']
    )
    assert len(dataset) == 43 + 13 + 14
    assert not {i['img_path'] for i in infos(dataset)} & {
        f'{root}/{key}' for key in LISTS['clean_test']
    }


@pytest.mark.parametrize('name', ['clean_train', 'clean_val'])
def test_noisy_and_verified_has_the_same_samples_whoever_verifies(root, name):
    dataset = Clothing1M(str(root), 'noisy_and_verified', [name])
    both = ['clean_train', 'clean_val']
    same = Clothing1M(str(root), 'noisy_and_verified_train', both)
    keys = [info['img_path'].removeprefix(f'{root}/') for info in infos(same)]
    assert infos(dataset) == expected(root, keys, NOISY, LISTS[name])
    assert (dataset.columns.verification >= 0).sum() >= 14


@pytest.mark.parametrize('name', ['train', 'val'])
def test_verified_splits(root, name):
    dataset = Clothing1M(str(root), f'verified_{name}')
    keys = with_noisy_label(f'clean_{name}')
    assert infos(dataset) == expected(root, keys, NOISY, LISTS[f'clean_{name}'])
    assert np.bincount(dataset.columns.verification).tolist() == [7, 7]


def test_test_labels_never_verify(root):
    """Even where the images of the test split are in the noisy one."""
    path = root / 'noisy_train_key_list.txt'
    path.write_text('\n'.join(with_noisy_label('clean_test')) + '\n')
    dataset = Clothing1M(str(root), verified_by=['clean_train', 'clean_val'])
    assert len(dataset) == 14
    assert set(dataset.columns.verification) == {-1}
    assert set(dataset.columns.true_labels) == {-1}
    with pytest.raises(ValueError, match="clean_train.*but is .'clean_test'"):
        Clothing1M(str(root), verified_by=['clean_test'])


def test_text_files_under_annotations(tmp_path):
    root = write_clothing1m(tmp_path, folder='annotations', images=False)
    assert infos(Clothing1M(str(root), 'val')) == expected(
        root, LISTS['clean_val'], CLEAN
    )


@pytest.mark.parametrize('backend_args', [None, dict(backend='bucket')])
def test_other_backends(root, bucket, backend_args):
    remote = 'bucket://clothing1m'
    dataset = Clothing1M(remote, 'val', backend_args=backend_args)
    assert infos(dataset) == expected(remote, LISTS['clean_val'], CLEAN)


def test_images_are_read(tmp_path):
    root = write_clothing1m(tmp_path)
    dataset = DATASETS.build(
        dict(
            type='Clothing1M',
            data_root=str(root),
            split='verified_train',
            missing_images='refuse',
            pipeline=[dict(type='LoadImageFromFile'), dict(type='PackInputs')],
        )
    )
    assert dataset[13]['inputs'].shape == (3, 8, 10)
    assert dataset[13]['data_samples'].sample_idx == 13
    assert 'Split: \tverified_train' in repr(dataset)


def test_missing_images(tmp_path):
    root = write_clothing1m(tmp_path)
    names = LISTS['clean_val'][4], LISTS['clean_val'][20]
    (root / names[0]).unlink()
    (root / names[1]).unlink()
    (root / names[1]).mkdir()  # a folder that is called like an image
    assert len(Clothing1M(str(root), 'val')) == 28
    dropped = Clothing1M(str(root), 'val', missing_images='drop')
    assert [info['img_path'] for info in infos(dropped)] == [
        f'{root}/{key}' for key in LISTS['clean_val'] if key not in names
    ]
    assert dropped.notes == [
        f"2 of 28 images are missing, the first is '{root}/{names[0]}': left out"
    ]
    where = r'2 of 28 images are missing, .*clean_val_key_list\.txt, line 5\)'
    with pytest.raises(FileNotFoundError, match=where):
        Clothing1M(str(root), 'val', missing_images='refuse')


def test_missing_image_of_the_second_list(tmp_path):
    root = write_clothing1m(tmp_path)
    (root / with_noisy_label('clean_train')[5]).unlink()
    row = LISTS['clean_train'].index(with_noisy_label('clean_train')[5]) + 1
    where = rf'1 of 56 images .*clean_train_key_list\.txt, line {row}\)'
    with pytest.raises(FileNotFoundError, match=where):
        Clothing1M(str(root), 'noisy_and_verified_train', missing_images='refuse')


def test_published_counts_are_of_splits():
    assert set(Clothing1M.PUBLISHED_COUNTS) <= set(Clothing1M.SPLITS)
    assert Clothing1M.PUBLISHED_COUNTS['test'] == 10_526


def test_all_images_missing(root):
    with pytest.raises(FileNotFoundError, match='28 of 28 images are missing'):
        Clothing1M(str(root), 'val', missing_images='drop')


def test_classes():
    assert Clothing1M(lazy_init=True).metainfo['classes'] == tuple(CLASSES)


def change(path, row, line):
    """Put another line (or lines) in place of a row, counted from 1."""
    lines = path.read_text().splitlines()
    lines[row - 1 : row] = [line] if isinstance(line, str) else line
    path.write_text('\n'.join(lines) + '\n')


@pytest.mark.parametrize(
    'rewrite',
    [
        lambda content: b'\xef\xbb\xbf' + content,
        lambda content: content.replace(b'\n', b'\r\n'),
        lambda content: content + b'\n\n',
        lambda content: content[:-1],
    ],
    ids=['BOM', 'CRLF', 'blank lines', 'no end of line'],
)
def test_text_files_from_other_editors(root, rewrite):
    before = infos(Clothing1M(str(root), 'noisy_and_verified_train'))
    for path in root.glob('*.txt'):
        path.write_bytes(rewrite(path.read_bytes()))
    assert infos(Clothing1M(str(root), 'noisy_and_verified_train')) == before


@pytest.mark.parametrize(
    'key', ['images/0/07/with space 3.jpg', 'images/größe/日本,1.jpg', 'a"b\'c.jpg']
)
def test_hostile_names(root, key):
    change(root / 'clean_val_key_list.txt', 5, key)
    change(root / 'clean_label_kv.txt', 1, f'{key} 7')
    info = Clothing1M(str(root), 'val').get_data_info(4)
    assert info == dict(img_path=f'{root}/{key}', gt_label=7, sample_idx=4)


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('images/x.jpg 14', "'14' is no label .0 to 13"),
        ('images/x.jpg -1', "'-1' is no label"),
        ('images/x.jpg 2.5', "'2.5' is no label"),
        ('images/x.jpg Shirt', "'Shirt' is no label"),
        ('images/x.jpg', 'expected a name, one space and a label'),
        ('images/x.jpg\t3', 'expected a name, one space and a label'),
        ('images/x.jpg  3', 'expected a name, one space and a label'),
        (' 3', 'expected a name, one space and a label'),
        ('', 'expected a name, one space and a label'),
        (f'{LISTS["noisy_train"][3]} 9', r'507491,3\.jpg. has 3 here, but 9 on line 3'),
    ],
)
def test_bad_label_line(root, line, message):
    change(root / 'noisy_label_kv.txt', 3, line)
    with pytest.raises(
        ValueError, match=rf'noisy_label_kv\.txt, line \d+: .*{message}'
    ):
        Clothing1M(str(root))
    if 'here' not in message:
        with pytest.raises(ValueError, match=r'noisy_label_kv\.txt, line 3: '):
            Clothing1M(str(root))


@pytest.mark.parametrize(
    ('name', 'split'),
    [
        ('noisy_train', 'noisy_train'),
        ('clean_train', 'noisy_train'),
        ('clean_test', 'test'),
    ],
)
@pytest.mark.parametrize('key', ['images/none.jpg', ''])
def test_key_without_label(root, name, split, key):
    change(root / f'{name}_key_list.txt', 17, key)
    kind = name[:5]
    message = rf"{name}_key_list\.txt, line 17: '{key}' has no label in {kind}_label_kv"
    with pytest.raises(ValueError, match=message):
        Clothing1M(str(root), split)


def test_repeated_lines_count_once(root):
    before = infos(Clothing1M(str(root), 'val'))
    change(root / 'clean_val_key_list.txt', 9, LISTS['clean_val'][1:9])
    line = (root / 'clean_label_kv.txt').read_text().splitlines()[0]
    change(root / 'clean_label_kv.txt', 1, [line] * 3)
    dataset = Clothing1M(str(root), 'val')
    assert infos(dataset) == before
    assert dataset.notes == [
        f'{root}/clean_label_kv.txt: 2 lines only repeat another, and are left out',
        f'{root}/clean_val_key_list.txt: 7 lines only repeat another, and are left out',
    ]


@pytest.mark.parametrize(
    'name', ['noisy_train_key_list', 'noisy_label_kv', 'clean_label_kv']
)
def test_missing_text_file(root, name):
    (root / f'{name}.txt').unlink()
    with pytest.raises(FileNotFoundError, match=rf'needs {name}\.txt.*annotations'):
        Clothing1M(str(root))


def test_empty_list(root):
    (root / 'clean_val_key_list.txt').write_text('\n')
    with pytest.raises(ValueError, match=r'clean_val_key_list\.txt is empty'):
        Clothing1M(str(root), 'val')


def test_not_utf8(root):
    path = root / 'noisy_train_key_list.txt'
    path.write_bytes(path.read_bytes().replace(b'images/2', b'images/\xff', 1))
    with pytest.raises(ValueError, match=r'noisy_train_key_list\.txt, line 3: not UTF'):
        Clothing1M(str(root))


def test_no_image_has_both_labels(root):
    keys = [key for key in LISTS['clean_val'] if key not in NOISY]
    (root / 'clean_val_key_list.txt').write_text('\n'.join(keys))
    with pytest.raises(ValueError, match=r'Clothing1M has no samples .*verified_val'):
        Clothing1M(str(root), 'verified_val')


def test_empty_class_is_noted(root):
    path = root / 'clean_val_key_list.txt'
    keys = [key for key in LISTS['clean_val'] if CLEAN[key] not in (2, 5)]
    path.write_text('\n'.join(keys))
    notes = Clothing1M(str(root), 'val').notes
    assert notes == ["2 classes have no sample, the first is 'Knitwear'"]


def test_refuses_another_split():
    with pytest.raises(
        ValueError, match="split must be one of .*'val'.* but is 'train'"
    ):
        Clothing1M(split='train')


def test_refuses_an_annotation_file():
    with pytest.raises(
        ValueError, match="Clothing1M .* replace ann_file='noisy.txt' by"
    ):
        Clothing1M(ann_file='noisy.txt')
