"""What hooks read besides the dataloaders: their walks, and datasets of their own."""

import pytest
from image_folder import LOAD, Folder, found, jpeg
from mmpretrain.registry import HOOKS
from toy import toy

from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook

PACK = dict(type='PackInputs')
CROP = dict(type='Resize', scale=(8, 0))  # fails on any image


def smp(**settings):
    return [dict(type='SMPHook', start_epoch=1, **settings)]


def selection(clean):
    return [dict(type='LabelSelectionHook', clean_dataset=clean)]


@pytest.fixture
def clean(tmp_path):
    """Another folder of images of the same classes."""
    folder = Folder(tmp_path / 'clean')
    for number, line in enumerate(folder.lists['train']):
        folder.write(line[:-2], jpeg(200 + number))
    return folder


def test_training_images_go_through_the_pipeline_of_the_walk(folder):
    """By default that of validation, which is tried on one's own images as well."""
    bare = folder.dataset('test', [PACK])
    images = toy(seed=1, test_mode=True, num_samples=6)
    assert found(folder.check(custom_hooks=smp())) == {}
    train = dict(type='InMemory', dataset=folder.dataset('train'))
    assert found(folder.check(train, custom_hooks=smp())) == {}
    checked = folder.check(None, images, custom_hooks=smp(pipeline=[*LOAD[:1], CROP]))
    key = 'error', 'custom_hooks.0.pipeline', 'train'
    assert found(checked)[key] == ['ant 0.jpg']
    checked = folder.check(None, images, custom_hooks=smp())
    key = 'error', 'pipeline of the walk', 'train'
    assert found(checked)[key] == ['ant 0.jpg']  # the toy's images are in memory
    (finding,) = (f for f in checked.findings if f.check == key[1])
    assert 'a good image fails in it: KeyError' in finding.message
    assert key not in found(folder.check(None, bare, custom_hooks=None))
    both = dict(val_dataloader=None, test_dataloader=None, custom_hooks=smp())
    (finding,) = folder.check(**both).findings
    assert finding.message == 'there is no validation or test dataset to take it from'


def test_a_pipeline_that_makes_two_images(folder):
    views = dict(type='MultiView', num_views=2, transforms=[LOAD[0]])
    checked = folder.check(custom_hooks=smp(pipeline=[views, PACK]))
    (finding,) = checked.findings
    assert 'makes a list of sample 0' in finding.message


@pytest.mark.parametrize('form', ['config', 'object'])
def test_a_clean_dataset_is_looked_at(folder, clean, form):
    images = clean.dataset('train')
    hooks = selection(images)
    if form == 'object':
        hooks = [HOOKS.build(dict(hooks[0]))]
        assert isinstance(hooks[0], LabelSelectionHook)
    assert found(folder.check(custom_hooks=hooks)) == {}
    clean.path('train/bee 4.jpg').unlink()
    clean.lists['train'][0] = 'train/ant 0.jpg 7'
    clean.dataset('train')
    where = 'custom_hooks.0.clean_dataset'
    assert found(folder.check(custom_hooks=hooks)) == {
        ('error', 'image missing', where): ['bee 4.jpg'],
        ('error', 'label range', where): ['ant 0.jpg'],
    }


def test_clean_samples_of_other_sources(folder, clean):
    """Of the training set they may be, of the test set not; their own pipeline is
    not used, that of the walk is."""
    where = 'custom_hooks.0.clean_dataset'
    images = folder.dataset('train', [])
    assert found(folder.check(custom_hooks=selection(images))) == {}
    image = folder.path('test/ant 0.jpg').read_bytes()
    clean.write('train/ant 0.jpg', image)
    images = clean.dataset('train', [])
    assert found(folder.check(custom_hooks=selection(images))) == {
        ('warning', 'overlap (by content)', 'val and test'): [['ant 0.jpg'] * 2]
    }
    assert found(folder.check(custom_hooks=selection(toy(seed=2)))) == {
        ('error', 'pipeline of the walk', where): [0],  # it loads files
        ('error', 'classes (names)', where): [],  # they are learnt from
    }


def test_the_dataset_of_detect(folder, clean):
    other = folder.dataset('train', classes=['ant', 'cat', 'bee'])
    assert found(folder.check(detection_dataset=folder.dataset('train'))) == {}
    assert found(folder.check(detection_dataset=other)) == {
        ('error', 'classes (names)', 'detection_dataset'): []
    }
    missing = folder.dataset('train', ann_file='none.txt')
    assert list(found(folder.check(detection_dataset=missing))) == [
        ('error', 'dataset', 'detection_dataset')
    ]
