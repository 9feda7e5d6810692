import pytest
from layouts.animal10n import NAMES, write_animal10n
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.animal10n import ANIMAL10N


@pytest.fixture
def root(tmp_path):
    return write_animal10n(tmp_path / 'animal10n')


@pytest.mark.parametrize(
    ('split', 'folder'), [('train', 'training'), ('test', 'testing')]
)
def test_splits(root, split, folder):
    dataset = ANIMAL10N(str(root), split)
    assert [dataset.get_data_info(i) for i in range(len(dataset))] == [
        dict(img_path=f'{root}/{folder}/{name}', gt_label=int(name[0]), sample_idx=row)
        for row, name in enumerate(sorted(NAMES[folder]))
    ]
    assert dataset.notes == []


def test_images_are_read(root):
    pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]
    dataset = DATASETS.build(
        dict(type='ANIMAL10N', data_root=str(root), pipeline=pipeline)
    )
    assert len(dataset) == 20
    assert dataset[19]['inputs'].shape == (3, 8, 10)
    assert dataset[19]['data_samples'].gt_label.item() == 9


def test_classes():
    classes = ANIMAL10N(lazy_init=True).metainfo['classes']
    assert len(classes) == 10
    assert (classes[0], classes[5], classes[9]) == ('cat', 'jaguar', 'guinea pig')
    assert dict(train=50_000, test=5_000) == ANIMAL10N.PUBLISHED_COUNTS


def test_what_is_no_image(root):
    """Hidden files and folders are nobody's; other files are told."""
    folder = root / 'training'
    before = len(ANIMAL10N(str(root)))
    for name in ('.ipynb_checkpoints/1_2.jpg', 'sub.jpg/1_2.jpg', '.DS_Store'):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    assert len(ANIMAL10N(str(root))) == before
    (folder / 'Thumbs.db').touch()
    dataset = ANIMAL10N(str(root))
    assert len(dataset) == before
    assert dataset.notes == [
        f"1 files in '{folder}' are no JPEG files by their names, the first is "
        "'Thumbs.db': left out"
    ]


@pytest.mark.parametrize('name', ['3_größe.jpg', '3_new\nline".JPG', '3_日本 1.jpeg'])
def test_hostile_names(root, name):
    (root / 'testing' / name).touch()
    dataset = ANIMAL10N(str(root), 'test')
    paths = {dataset.get_data_info(i)['img_path']: i for i in range(11)}
    row = paths[f'{root}/testing/{name}']
    assert dataset.get_data_info(row)['gt_label'] == 3


@pytest.mark.parametrize(
    'name', ['10_1.jpg', 'cat_1.jpg', '_1.jpg', '3.jpg', '３_1.jpg']
)
def test_name_without_label(root, name):
    (root / 'testing' / name).touch()
    with pytest.raises(ValueError, match=f"'{name}' in .* does not begin with a label"):
        ANIMAL10N(str(root), 'test')


def test_missing_or_empty_folder(root):
    for path in (root / 'testing').iterdir():
        path.unlink()
    with pytest.raises(ValueError, match='ANIMAL10N has no samples'):
        ANIMAL10N(str(root), 'test')
    (root / 'testing').rmdir()
    with pytest.raises(FileNotFoundError, match='needs the folder .*/testing'):
        ANIMAL10N(str(root), 'test')


def test_refuses_another_split():
    with pytest.raises(ValueError, match="split must be one of .* but is 'val'"):
        ANIMAL10N(split='val')


def test_other_forms_of_the_release(tmp_path):
    (tmp_path / 'folders' / 'testing' / 'cat').mkdir(parents=True)
    with pytest.raises(ValueError, match="folders such as 'cat' .* use ImageLabels"):
        ANIMAL10N(str(tmp_path / 'folders'), 'test')
    (tmp_path / 'binary').mkdir()
    (tmp_path / 'binary' / 'test_batch.bin').touch()
    with pytest.raises(FileNotFoundError, match='.bin files, get .*raw_image.zip'):
        ANIMAL10N(str(tmp_path / 'binary'), 'test')
    with pytest.raises(FileNotFoundError, match="folders such as 'testing'"):
        ANIMAL10N(str(tmp_path / 'folders'), 'train')
