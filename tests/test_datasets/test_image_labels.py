from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.dataset import Compose
from mmpretrain.registry import DATASETS
from PIL import Image

from nl_plugins.datasets.image_labels import ImageLabels
from nl_plugins.formats.label_file import write_label_file

CONFIG = Path(__file__).parents[2] / 'configs/_base_/datasets/own_images.py'


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


@pytest.fixture
def table(image_folder):
    """Writes a table beside the images and builds the dataset."""

    def build(content, name='labels.csv', **settings):
        path = Path(image_folder) / name
        path.write_text(content, newline='')
        config = dict(type='ImageLabels', data_root=image_folder, ann_file=name)
        return DATASETS.build(dict(config, **settings))

    return build


def test_a_folder_of_class_folders(image_folder):
    pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]
    dataset = ImageLabels(data_root=image_folder, pipeline=pipeline)
    host = DATASETS.build(dict(type='CustomDataset', data_prefix=image_folder))
    assert infos(dataset) == infos(host)
    assert dataset.metainfo['classes'] == ('ant', 'bee', 'cat')
    assert dataset[2]['inputs'].shape == (3, 6, 5)
    assert dataset.notes == []


def test_images_of_many_formats_and_of_any_name(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), dtype=np.uint8)
    names = dict(jfif='jpeg', gif='gif', avif='avif', JPG='jpeg', png='png')
    for suffix, kind in names.items():
        content = BytesIO()
        try:
            Image.fromarray(pixels).save(content, kind)
        except (OSError, KeyError):  # this Pillow writes no AVIF
            continue
        if cv2.imdecode(np.frombuffer(content.getvalue(), np.uint8), 1) is None:
            continue  # this OpenCV is older
        for label in ('cat', 'dog'):
            (tmp_path / label).mkdir(exist_ok=True)
            (tmp_path / label / f'1.{suffix}').write_bytes(content.getvalue())
            (tmp_path / label / suffix).write_bytes(content.getvalue())
    pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]
    settings = dict(data_root=str(tmp_path), pipeline=pipeline)
    by_name, every = ImageLabels(**settings), ImageLabels(extensions=[''], **settings)
    assert len(every) == 2 * len(by_name) >= 12
    assert "'cat/jfif'" in by_name.notes[0]
    assert "extensions=['']" in by_name.notes[0]
    assert every.notes == []
    for dataset in (by_name, every):
        assert {sample['inputs'].shape for sample in dataset} == {(3, 8, 6)}


def test_every_column_of_a_table(table, image_folder):
    dataset = table(
        'path,label,true_label,verification,text\n'
        'ant/0.png,ant,,1,"<b>tiny</b>\nand, quoted"\n'
        '"ant/2""quote,comma.png",bee,ant,0,\n'
        'cat/3größe.png,bee,,,x\n'
    )
    assert infos(dataset) == [
        dict(
            img_path=f'{image_folder}/ant/0.png',
            gt_label=0,
            verification=1,
            true_label=-1,
            text='<b>tiny</b>\nand, quoted',
            sample_idx=0,
        ),
        dict(
            img_path=f'{image_folder}/ant/2"quote,comma.png',
            gt_label=1,
            verification=0,
            true_label=0,
            text='',
            sample_idx=1,
        ),
        dict(
            img_path=f'{image_folder}/cat/3größe.png',
            gt_label=1,
            verification=-1,
            true_label=-1,
            text='x',
            sample_idx=2,
        ),
    ]
    assert dataset.metainfo['classes'] == ('ant', 'bee')


def test_a_table_of_tabs_and_numbers(table, image_folder):
    dataset = table(
        'path\tlabel\n0.png\t2\n1 space.png\t0\n',
        'labels.tsv',
        data_prefix='ant',
        classes=['x', 'y', 'z'],
    )
    assert [info['gt_label'] for info in infos(dataset)] == [2, 0]
    assert set(infos(dataset)[0]) == {'img_path', 'gt_label', 'sample_idx'}
    assert dataset.get_data_info(1)['img_path'] == f'{image_folder}/ant/1 space.png'
    assert dataset.notes == ["1 classes have no sample, the first is 'y'"]


def test_repetitions_and_unknown_columns_are_noted(table, image_folder):
    dataset = table('path,label,size\nant/0.png,0,1\nbee/0.png,1,2\nant/0.png,0,3\n')
    assert dataset.get_gt_labels().tolist() == [0, 1]
    path = f'{image_folder}/labels.csv'
    assert dataset.notes == [
        f"{path}: the columns ['size'] are not used",
        f'{path}: 1 lines only repeat another, and are left out',
    ]


def test_absolute_paths(table, image_folder):
    dataset = table(
        f'path,label\n{image_folder}/ant/0.png,0\nbee/0.png,0\n', data_prefix='.'
    )
    assert dataset.get_data_info(0)['img_path'] == f'{image_folder}/ant/0.png'


def test_missing_images_may_be_dropped(table):
    content = 'path,label\nant/0.png,0\nnone.png,1\n'
    dataset = table(content, missing_images='drop', classes=['a', 'b'])
    assert dataset.get_gt_labels().tolist() == [0]
    assert len(table(content, missing_images='keep')) == 2


@pytest.mark.parametrize(
    ('rows', 'error', 'message'),
    [
        ('ant/0.png,0\n\nnone.png,1\n', FileNotFoundError, 'line 4: .*none.png.* miss'),
        (
            'ant/0.png,0\nbee,1\n',
            FileNotFoundError,
            "line 3: .*bee' is a folder \\(1 of",
        ),
        ('ant/0.png,0\nant/0.png,1\n', ValueError, "line 3: 'ant/0.png' is '1' here"),
        ('"ant/0.png\n",0\n', FileNotFoundError, r'line 2: .*ant/0.png\\n'),
        ('ant/0.png,0,1\n', ValueError, 'line 2: 3 values'),
        ('ant\\0.png,0\n', FileNotFoundError, 'line 2: .* is missing; write / inst'),
        # Python 3.10 reads no line with such a character
        ('a\0/b.png,0\n', (FileNotFoundError, ValueError), 'line 2: .*(missing|NUL)'),
        ('x' * 400 + '/b.png,0\n', FileNotFoundError, 'line 2: .* is missing'),
        ('https://x.org/b.png,0\n', ValueError, "line 2: 'https.* download the images"),
        ('', ValueError, 'no rows'),
    ],
)
def test_broken_tables(table, rows, error, message):
    with pytest.raises(error, match=f'labels.csv.*{message}'):
        table('path,label\n' + rows)


def test_other_errors_come_through(table, image_folder):
    with pytest.raises(ValueError, match="line 2, verification: '2'"):
        table('path,label,verification\nant/0.png,0,2\n')
    with pytest.raises(ValueError, match="line 2: label 'ox' is none of the 2 classes"):
        table('path,label\nant/0.png,ox\n', classes=['ant', 'bee'])
    with pytest.raises(ValueError, match="two classes are called 'ant'"):
        table('path,label\nant/0.png,ant\n', classes=['ant', 'ant'])
    with pytest.raises(FileNotFoundError, match='none.csv'):
        ImageLabels('none.csv', data_root=image_folder)
    with pytest.raises(FileNotFoundError, match='none'):
        ImageLabels(data_root=image_folder, data_prefix='none')
    with pytest.raises(ValueError, match='holds no images'):
        ImageLabels(data_root=image_folder, extensions=['.jpg'])
    with pytest.raises(ValueError, match="no splits: replace split='train' by"):
        ImageLabels(data_root=image_folder, split='train')


def test_the_base_config(monkeypatch, image_folder):
    (Path(image_folder) / '.hidden').mkdir()
    monkeypatch.setenv('NL_IMAGES', image_folder)
    config = Config.fromfile(CONFIG)
    assert config.data_preprocessor.num_classes == 3
    train = DATASETS.build(config.train_dataloader.dataset)
    val = DATASETS.build(config.val_dataloader.dataset)
    assert train.metainfo['classes'] == val.metainfo['classes'] == ('ant', 'bee', 'cat')
    both = {info['img_path'] for info in infos(train) + infos(val)}
    assert (
        len(both) == len(train) + len(val) == len(ImageLabels(data_root=image_folder))
    )
    assert train[0]['inputs'].shape == val[0]['inputs'].shape == (3, 224, 224)
    assert isinstance(val.dataset.pipeline, Compose)


def test_a_list_of_samples_is_a_table(tmp_path, image_folder):
    """Names and numbers of the classes come back, also of classes called by numbers."""
    dataset = ImageLabels(data_root=image_folder)
    path, names = tmp_path / 'labels.csv', ['10', '=dog', '2']
    roots = [path.removeprefix(f'{image_folder}/') for path in dataset.columns.paths]
    columns = dict(img_paths=roots, given_labels=dataset.columns.labels)
    verification = np.where(np.arange(len(dataset)) % 3, -1, 1)
    columns.update(verification=verification, class_names=names)
    write_label_file(path, **columns)
    listed = ImageLabels(data_root=image_folder, ann_file=str(path))
    assert listed.metainfo['classes'] == tuple(names)
    assert list(listed.columns.paths) == list(dataset.columns.paths)
    assert listed.columns.labels.tolist() == dataset.columns.labels.tolist()
    assert listed.columns.verification.tolist() == verification.tolist()
    write_label_file(path, **dict(columns, class_names=()))
    listed = ImageLabels(data_root=image_folder, ann_file=str(path))
    assert listed.columns.labels.tolist() == dataset.columns.labels.tolist()
    labels = dataset.columns.labels.copy()
    labels[2] = 100_000  # of which no list of names is made
    write_label_file(path, **dict(columns, given_labels=labels))
    with pytest.raises(ValueError, match='line 4: given_label 100000 is no number of'):
        len(ImageLabels(data_root=image_folder, ann_file=str(path)))


def test_noise_over_own_images(table):
    content = 'path,label,verification\nant/0.png,0,1\nbee/0.png,1,0\n'
    dataset = table(content)
    noisy = DATASETS.build(
        dict(
            type='NoisyLabels',
            dataset=dataset,
            noise=dict(type='transition', matrix=[[0, 1], [0, 1]]),
        )
    )
    assert noisy.get_gt_labels().tolist() == [1, 1]
    assert [info['verification'] for info in infos(noisy)] == [0, 0]


def test_unknown_true_labels_make_no_class_and_no_noise(table):
    dataset = table(
        'path,label,true_label,verification,text\n'
        'ant/0.png,cat,nan,NA,none\nbee/0.png,owl,?,1.00,\nbee/1 space.png,owl,owl,,a\n'
    )
    assert dataset.metainfo['classes'] == ('cat', 'owl')
    assert dataset.columns.labels.tolist() == [0, 1, 1]
    assert dataset.columns.true_labels.tolist() == [-1, -1, 1]
    assert dataset.columns.verification.tolist() == [-1, 1, -1]
    assert list(dataset.columns.text) == ['', '', 'a']
    assert dataset.notes == []


def test_twin_classes_are_noted(table, image_folder):
    dataset = table('path,label\nant/0.png,Cat\nbee/0.png,cat\n')
    assert "classes 'Cat', 'cat' differ only in upper" in dataset.notes[0]
    (Path(image_folder) / 'bee').rename(Path(image_folder) / 'Ant')
    notes = ImageLabels(data_root=image_folder).notes
    assert "classes 'Ant', 'ant' differ only in upper" in notes[-1]


def test_columns_of_other_names_and_some_of_the_rows(table):
    """As fastai's noisy Imagenette, with the index of a DataFrame."""
    content = (
        ',file,noisy_0,noisy_50,is_valid,label\n'
        '0,ant/0.png,a,b,False,x\n1,bee/0.png,b,b,False,x\n2,no.png,,,True,x\n'
    )
    names = dict(path='file', label='Noisy_50', true_label='noisy_0')
    for value in (False, 0, '0', ['false'], [None, False]):
        dataset = table(content, columns=names, where=dict(is_valid=value))
        assert dataset.metainfo['classes'] == ('a', 'b')
        assert dataset.columns.labels.tolist() == [1, 1]
        assert dataset.columns.true_labels.tolist() == [0, 1]
        assert "the columns ['label'] are not used" in dataset.notes[0]


def test_paths_that_are_the_index_of_a_data_frame(table):
    dataset = table(',label\nant/0.png,1\nbee/0.png,0\n', columns=dict(path=''))
    assert dataset.get_gt_labels().tolist() == [1, 0]
    names = dict(path='', label=0)
    dataset = table(',0\nant/0.png,1\nbee/0.png,0\n', columns=names)
    assert dataset.get_gt_labels().tolist() == [1, 0]
    assert dataset.notes == []


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        ('metadata.csv', 'file_name,label\nant/0.png,1\nbee/0.png,0\n'),
        (
            'metadata.jsonl',
            '{"file_name": "ant/0.png", "label": 1, "box": [1, 2]}\r\n\n'
            '{"label": 0, "file_name": "bee/0.png", "text": null}\n',
        ),
    ],
)
def test_metadata_of_hugging_face(table, image_folder, name, content):
    dataset = table(content, name, columns=dict(path='file_name'))
    assert dataset.get_gt_labels().tolist() == [1, 0]
    assert dataset.get_data_info(1)['img_path'] == f'{image_folder}/bee/0.png'


def test_the_export_of_label_studio(table, image_folder):
    (Path(image_folder) / 'upload').symlink_to(image_folder)
    dataset = table(
        'image,id,choice,annotator,annotation_id,created_at,lead_time\n'
        '/data/upload/ant/0.png,1,cat,1,7,2024-01-01T00:00:00Z,1.5\n'
        '/data/local-files/?d=bee/1%20space.png,2,dog,1,8,2024-01-01T00:00:00Z,2\n'
        '/data/upload/cat/0.png,3,,1,9,2024-01-01T00:00:00Z,2\n',
        columns=dict(path='image', label='choice'),
        where=dict(choice=['cat', 'dog']),
    )
    paths = [f'{image_folder}/{x}' for x in ('upload/ant/0.png', 'bee/1 space.png')]
    assert list(dataset.columns.paths) == paths
    assert dataset.metainfo['classes'] == ('cat', 'dog')


@pytest.mark.parametrize(
    ('content', 'settings', 'message'),
    [
        (
            'f,label\n',
            dict(columns=dict(path='g')),
            'missing column g in the header',
        ),
        ('f,label\n', {}, 'missing column path .*, or `columns` say what'),
        ('path,label\n', dict(columns=dict(lable='f')), "columns must be .* 'lable'"),
        ('path,label\na,0\n', dict(where=dict(split='train')), 'missing column split'),
        ('path,label\na,0\n', dict(where=dict(label=1)), "no rows with {'label': 1}"),
        ('{"path": "a"}\n{', dict(name='a.jsonl'), 'a.jsonl, line 2: no JSON'),
        ('[1]', dict(name='a.jsonl'), 'a.jsonl, line 1: expected an object, such as'),
        ('{"path": "a"}', dict(name='a.jsonl'), 'line 1: missing column label'),
    ],
)
def test_what_cannot_be_found_is_named(table, content, settings, message):
    with pytest.raises(ValueError, match=message):
        table(content, **settings)
    with pytest.raises(ValueError, match='give ann_file'):
        ImageLabels(where=dict(split='train'))


def test_a_training_names_the_image_that_cannot_be_read(tmp_path):
    for name in ('cat', 'dog'):
        (tmp_path / name).mkdir()
        (tmp_path / name / '1.png').write_bytes(b'no image')
    dataset = ImageLabels(
        data_root=str(tmp_path),
        pipeline=[dict(type='LoadImageFromFile'), dict(type='Resize', scale=4)],
    )
    with pytest.raises(RuntimeError, match='sample 1 .*dog/1.png.*check_data') as told:
        dataset[1]
    assert told.value.__cause__ is not None
