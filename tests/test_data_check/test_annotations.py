"""Labels, classes, counts, identity and pipelines that cannot work."""

import numpy as np
import pytest
from image_folder import CLASSES, LOAD, found, jpeg
from mmcv.transforms import BaseTransform
from mmengine.dataset import BaseDataset
from mmpretrain.registry import DATASETS, HOOKS, TRANSFORMS
from toy import PIPELINE, ToyImages, toy

from nl_plugins.data_check.check import check_data
from nl_plugins.data_check.findings_text import findings_lines

SMP = [dict(type='SMPHook', start_epoch=2)]


@DATASETS.register_module()
class Edited(ToyImages):
    """Toy images, the first of which have these annotations instead."""

    def __init__(self, edits, **kwargs):
        self.edits = edits
        super().__init__(**kwargs)

    def load_data_list(self):
        infos = super().load_data_list()
        for info, edit in zip(infos, self.edits):
            info.update(edit)
        return infos


def edited(*edits, **kwargs):
    return dict(toy(**kwargs), type='Edited', edits=list(edits))


def check(folder, train, **changes):
    return found(folder.check(train, toy(seed=1, test_mode=True), **changes))


def test_label_14_of_14_classes(folder):
    names = [f'class {i}' for i in range(14)]
    for split, lines in folder.lists.items():
        folder.lists[split] = [f'{line[:-1]}{i}' for i, line in enumerate(lines)]
    folder.lists['train'][4] = 'train/bee 4.jpg 14'
    folder.lists['train'][7] = 'train/bee 7.jpg -1'
    checked = folder.check(
        folder.dataset('train', classes=names),
        folder.dataset('test', classes=names),
        num_classes=14,
    )
    faults = found(checked)
    assert faults['error', 'label range', 'train'] == ['bee 4.jpg', 'bee 7.jpg']
    message = checked.findings[0].message
    assert message.startswith(
        '2 of 12 labels are out of range (1 times -1, 1 times 14)'
    )
    assert message.endswith('allowed is 0 to 13')
    # 4, 7, 12 and 13 of train and 6 to 13 of test have no sample
    empty = {key: names for key, names in faults.items() if key[1] == 'empty class'}
    assert list(empty) == [
        ('warning', 'empty class', 'train'),
        ('warning', 'empty class', 'val and test'),
    ]
    assert checked.findings[1].message == (
        '4 of 14 classes have no sample: 4 class 4, 7 class 7, 12 class 12, 13 class 13'
    )
    assert checked.summary()[0]['class_counts'][3:6] == [1, 0, 1]


def test_without_a_number_of_classes_the_names_count(folder):
    folder.lists['train'][0] = 'train/ant 0.jpg 3'
    assert found(folder.check(num_classes=None)) == {
        ('error', 'label range', 'train'): ['ant 0.jpg']
    }
    cfg = folder.config(num_classes=None, data_preprocessor=dict(num_classes=4))
    assert [finding.check for finding in check_data(cfg, 0).findings] == [
        'classes',
        'classes',
    ]


def test_labels_that_are_none(folder):
    values = [[1, 2], 1.0, None, 'a', [[1], [1, 2]], [2], 2**63, 2**70, True]
    edits = [dict(gt_label=value) for value in values]
    assert check(folder, edited(*edits)) == {
        ('error', 'gt_label', 'train'): [2],
        ('error', 'gt_label (form)', 'train'): [0, 1, 3, 4, 6, 7, 8],
    }


def test_true_and_verification_labels_out_of_range(folder):
    edits = [
        dict(true_label=3, verification=2),
        dict(true_label=-2, verification=-2),
        dict(true_label=-1, verification=-1),
        dict(true_label=2, verification=1.0),
    ]
    assert check(folder, edited(*edits)) == {
        ('warning', 'true_label', 'train'): [0, 1],
        ('error', 'verification', 'train'): [0, 1, 3],
    }


def test_classes_that_differ(folder):
    """A folder that is missing from the test set shifts all labels after it."""
    other = folder.dataset('test', classes=['ant', 'cat'])
    checked = folder.check(test=other)
    assert found(checked) == {
        ('warning', 'classes', 'val and test'): [],
        ('warning', 'classes (names)', 'val and test'): [],
    }
    by_check = {finding.check: finding.message for finding in checked.findings}
    assert by_check['classes'] == 'the dataset names 2 classes, the model has 3'
    assert "class 1 is 'cat' here and 'bee' there" in by_check['classes (names)']
    longer = folder.dataset('test', classes=[*CLASSES, 'dog'])
    message = folder.check(test=longer).findings[-1].message
    assert message.endswith('of train: 4 classes here and 3 there')


def test_the_same_classes_in_another_order(folder):
    checked = folder.check(test=folder.dataset('test', classes=['bee', 'ant', 'cat']))
    assert found(checked) == {('error', 'classes (names)', 'val and test'): []}
    assert 'another order' in checked.findings[0].message
    assert 'ImageLabels' in checked.findings[0].advice
    spelt = folder.dataset('test', classes=['Ant', 'bee', 'CAT'])
    assert not found(folder.check(test=spelt))


def test_classes_that_only_rename_the_folders(folder):
    for name in CLASSES:
        folder.write(f'folders/{name}/0.jpg', jpeg(200 + CLASSES.index(name)))
    names = ['cat', 'ant', 'bee']
    train = folder.dataset('train', classes=names, ann_file='', data_prefix='folders')
    checked = folder.check(train, folder.dataset('test', classes=names))
    assert found(checked) == {('error', 'classes (folders)', 'train'): []}
    assert "folder 'ant' the label 0, the class 'cat'" in checked.findings[0].message


def test_classes_that_only_rename_the_labels_of_a_list(folder):
    folder.lists['train'] = []
    for label, name in enumerate(CLASSES * 2):
        folder.write(f'lists/{name}/{label}.jpg', jpeg(200 + label))
        folder.lists['train'].append(f'lists/{name}/{label}.jpg {label % 3}')
    assert not found(folder.check())
    turned = ['cat', 'ant', 'bee']
    train = folder.dataset('train', classes=turned)
    checked = folder.check(train, folder.dataset('test', classes=turned))
    assert found(checked) == {('warning', 'classes (folders)', 'train'): []}
    assert "0 ('cat') for" in checked.findings[0].message
    assert 'lists/ant/0.jpg' in checked.findings[0].message


def test_empty_class(folder):
    folder.lists['train'] = [x for x in folder.lists['train'] if not x.endswith(' 1')]
    checked = folder.check()
    assert found(checked) == {('warning', 'empty class', 'train'): []}
    assert checked.findings[0].message == '1 of 3 classes have no sample: 1 bee'


def test_a_class_that_the_model_lacks_is_not_empty(folder):
    checked = folder.check(num_classes=2)
    assert not any(finding.check == 'empty class' for finding in checked.findings)
    assert checked.summary()[0]['class_counts'] == [4, 4, 4]
    assert checked.num_errors == 2  # the label range of both parts


def test_published_counts(folder):
    @DATASETS.register_module(force=True)
    class Published(ToyImages):
        PUBLISHED_COUNTS = dict(a=30, b=31)

        def __init__(self, split, **kwargs):
            self.split = split
            super().__init__(**kwargs)

    def published(split, **kwargs):
        return dict(toy(**kwargs), type='Published', split=split)

    assert check(folder, published('a')) == {}
    assert check(folder, published('c')) == {}
    assert check(folder, published('b', indices=20)) == {}
    fold = dict(type='KFoldDataset', dataset=published('a'), num_splits=2)
    assert check(folder, fold) == {}
    assert check(folder, published('b')) == {
        ('warning', 'published count', 'train'): []
    }


def test_a_dataset_that_cannot_be_built(folder):
    """Its own message is given, and the others are looked at all the same."""
    folder.lists['test'][0] = 'test/nothing.jpg 0'
    train = folder.dataset('train', ann_file='nowhere.txt')
    checked = folder.check(train)
    assert found(checked) == {
        ('error', 'dataset', 'train'): [],
        ('error', 'image missing', 'val and test'): ['nothing.jpg'],
    }
    assert 'FileNotFoundError' in checked.findings[0].message
    assert 'nowhere.txt' in checked.findings[0].message
    typo = dict(type='CostumDataset')
    assert 'CostumDataset is not in' in folder.check(typo).findings[0].message
    nothing = folder.check(typo, typo)
    assert findings_lines(nothing)[1].startswith('ERROR train, dataset: it cannot be')
    plain = folder.check(dict(type='Lonely')).findings[0].message
    assert 'Lonely has no `get_data_info`' in plain


@DATASETS.register_module()
class Lonely:
    def __len__(self):
        return 1


def test_the_scope_is_that_of_the_tools(folder):
    """In that of MMEngine it finds no component of MMPretrain."""
    checked = folder.check(default_scope='mmengine')
    assert set(found(checked)) == {
        ('error', 'dataset', 'train'),
        ('error', 'dataset', 'val and test'),
    }
    cfg = folder.config()
    cfg.pop('default_scope')
    assert found(check_data(cfg, 0)) == {}


def test_huge_labels_where_nothing_tells_the_classes(folder):
    folder.lists['train'][3] = f'train/ant 3.jpg {10**12}'
    train = folder.dataset('train')
    del train['classes']
    checked = folder.check(train, num_classes=None)
    assert found(checked) == {}
    assert checked.summary()[0]['class_counts'] == [3, 4, 4]


def test_no_samples_and_no_dataloader(folder):
    assert check(folder, toy(num_samples=0)) == {('error', 'dataset', 'train'): []}
    with pytest.raises(ValueError, match='no dataloader'):
        folder.check(train_dataloader=None, val_dataloader=None, test_dataloader=None)
    with pytest.raises(ValueError, match='workers'):
        folder.check(workers=-1)


def test_sample_idx_must_be_packed_where_a_hook_needs_it(folder):
    pipeline = [LOAD[0], dict(type='PackInputs', meta_keys=('img_path',))]
    train = folder.dataset('train', pipeline)
    for hooks, level in ((None, 'warning'), (SMP, 'error')):
        checked = folder.check(train, custom_hooks=hooks)
        assert found(checked) == {(level, 'pipeline', 'train'): []}
        assert '`meta_keys` of PackInputs' in checked.findings[0].message


def test_hooks_of_other_forms(folder):
    hooks = [dict(interval=1), HOOKS.build(dict(type='EmptyCacheHook'))]
    assert check(folder, toy(), custom_hooks=hooks) == {}


def test_sample_idx_must_be_unique(folder):
    @DATASETS.register_module(force=True)
    class Twice(ToyImages):
        def get_data_info(self, idx):
            return dict(super().get_data_info(idx), sample_idx=idx // 29)

    train = dict(toy(), type='Twice')
    expected = list(range(1, 30))
    assert check(folder, train) == {('warning', 'sample_idx', 'train'): expected}
    assert list(check(folder, train, custom_hooks=SMP)) == [
        ('error', 'sample_idx', 'train')
    ]


def test_concatenated_and_repeated_datasets(folder):
    """What repeats samples is looked below, what concatenates into every part."""
    parts = [toy(), edited(dict(gt_label=7), seed=2)]
    balanced = dict(type='ClassBalancedDataset', dataset=toy(), oversample_thr=0.5)
    repeated = dict(type='RepeatDataset', times=3, dataset=balanced)
    assert check(folder, repeated, custom_hooks=SMP) == {}
    both = dict(type='ConcatDataset', datasets=parts)
    assert check(folder, dict(type='RepeatDataset', times=2, dataset=both)) == {
        ('error', 'label range', 'train, part 2'): [0],
        ('warning', 'sample_idx', 'train'): [],
    }
    unique = dict(type='NoisyLabels', dataset=dict(both, datasets=[toy(), toy(seed=2)]))
    assert check(folder, unique, custom_hooks=SMP) == {}


@TRANSFORMS.register_module()
class Fails(BaseTransform):
    def transform(self, results):
        raise ValueError('too small')


@pytest.mark.parametrize(
    ('pipeline', 'message'),
    [
        ([], 'gives no inputs and no data_samples'),
        ([dict(type='PackInputs', input_key='image')], 'gives no inputs'),
        ([dict(type='Fails'), *PIPELINE], 'fails in it: ValueError: too small'),
    ],
)
def test_pipelines_that_fail(folder, pipeline, message):
    checked = folder.check(toy(pipeline=pipeline), toy(seed=1))
    assert found(checked) == {('error', 'pipeline', 'train'): [0]}
    assert message in checked.findings[0].message


def test_the_pipeline_is_tried_on_a_good_image(folder):
    folder.path('train/ant 0.jpg').write_bytes(b'text')
    pipeline = [LOAD[0], dict(type='Fails'), LOAD[1]]
    assert found(folder.check(folder.dataset('train', pipeline))) == {
        ('error', 'image undecodable', 'train'): ['ant 0.jpg'],
        ('error', 'pipeline', 'train'): ['bee 1.jpg'],
    }


def test_samples_without_an_image(folder):
    edits = [dict(img=None), dict(img=None, img_path='', gt_label=None)]
    checked = folder.check(edited(*edits), toy(seed=1, test_mode=True))
    assert found(checked) == {
        ('error', 'gt_label', 'train'): [1],
        ('error', 'image unknown', 'train'): [0, 1],
    }
    message = checked.findings[1].message
    assert message.endswith('the first: the sample has neither `img_path` nor `img`')


def test_plain_mmengine_datasets_are_read(folder):
    @DATASETS.register_module(force=True)
    class Plain(BaseDataset):
        METAINFO = ToyImages.METAINFO

        def load_data_list(self):
            rng = np.random.default_rng(3)
            return [
                dict(img=rng.integers(0, 9, (4, 4), dtype=np.uint8), gt_label=i % 3)
                for i in range(6)
            ]

    pack = [dict(type='mmpretrain.PackInputs')]
    assert check(folder, dict(type='Plain', pipeline=pack)) == {}


@DATASETS.register_module()
class Failing(ToyImages):
    """Two annotations cannot be read."""

    def get_data_info(self, idx):
        if idx in (3, 5):
            raise ValueError(f'texts.json, entry {idx}: no JSON')
        return super().get_data_info(idx)


@pytest.mark.parametrize('workers', [0, 2])
def test_annotations_that_cannot_be_read(folder, workers):
    train = dict(toy(), type='Failing')
    checked = folder.check(train, toy(seed=1, test_mode=True), workers=workers)
    assert found(checked) == {('error', 'image unknown', 'train'): [3, 5]}
    finding = checked.findings[0]
    assert finding.message.startswith('2 of 30 images are not known')
    assert finding.message.endswith('ValueError: texts.json, entry 3: no JSON')
    assert 'sample 3' in '\n'.join(findings_lines(checked))


def test_notes_of_a_dataset_are_told(folder):
    rows = ''.join(f'train/{CLASSES[i % 3]} {i}.jpg,{i % 3}\n' for i in range(12))
    folder.path('t.csv').write_text(f'path,label\n{rows}none.jpg,0\n')
    own = dict(type='ImageLabels', data_root=str(folder.root), ann_file='t.csv')
    own.update(missing_images='drop', classes=CLASSES, pipeline=LOAD)
    checked = folder.check(dict(type='NoisyLabels', dataset=own))
    assert found(checked) == {('warning', 'notes', 'train'): []}
    assert "1 of 13 images are missing, the first is '" in checked.findings[0].message


def test_published_counts_are_those_of_the_dataset_inside(folder):
    digits = dict(type='Digits', pipeline=PIPELINE)
    noisy = dict(type='NoisyLabels', dataset=digits)
    fold = dict(type='NoisyLabels', dataset=dict(type='KFoldDataset', dataset=digits))
    both = dict(type='ConcatDataset', datasets=[digits, digits])
    for train, count in (
        (noisy, 1437),
        (dict(type='InMemory', dataset=noisy), 1437),
        (dict(noisy, indices=100), None),
        (fold, None),
        (dict(type='NoisyLabels', dataset=both), None),
    ):
        checked = folder.check(train, dict(digits, split='test'), fast=True)
        assert checked.summary()[0]['published_count'] == count


def test_images_are_checked_where_in_memory_refuses_the_dataset(folder):
    folder.write('train/ant 0.jpg', b'no image')
    folder.path('train/bee 4.jpg').unlink()
    train = dict(type='InMemory', dataset=folder.dataset('train'))
    checked = folder.check(dict(type='RepeatDataset', times=2, dataset=train))
    faults = found(checked)
    assert faults == {
        ('error', 'dataset', 'train'): [],
        ('error', 'image missing', 'train'): ['bee 4.jpg'],
        ('error', 'image undecodable', 'train'): ['ant 0.jpg'],
    }
    assert "ant 0.jpg') cannot be loaded" in checked.findings[0].message


def test_dataloaders_without_a_dataset(folder):
    for wrong in (dict(batch_size=2), [dict()]):
        with pytest.raises(ValueError, match='val_dataloader of .* has no dataset'):
            folder.check(val_dataloader=wrong)
