"""What a run refuses, and what it tells, where its data number the classes apart."""

from argparse import Namespace

import pytest
import torch
from mmpretrain.registry import DATASETS
from toy import ToyImages, build, config, loader, toy

from nl_plugins.running.ensemble import run_ensemble_test
from nl_plugins.running.run_config import build_runner
from nl_plugins.supervision.class_names_hook import ClassNamesHook, watch_class_names

ORDERED = dict(type='DefaultSampler', shuffle=False)
NAMES = ['red', 'green', 'blue']
OTHER_ORDER = ['green', 'red', 'blue']
OTHER_NAMES = ['red', 'green', 'black']
SELECTION = dict(type='LabelSelectionHook', start_epoch=2)


def data(classes):
    return toy(test_mode=True, metainfo=dict(classes=classes))


def run(tmp_path, hooks=(), val=None, **changes):
    if val is not None:
        changes['val_dataloader'] = loader(data(val), sampler=ORDERED)
    changes.setdefault('default_hooks', dict(checkpoint=None))
    runner = build(tmp_path, list(hooks), **changes)
    watch_class_names(runner)
    return runner


def refuse(runner, match, start='train'):
    with pytest.raises(ValueError, match=match):
        getattr(runner, start)()
    assert runner.iter == 0


@pytest.fixture
def warned(monkeypatch):
    messages = []
    for module in ('class_names', 'folder_names'):
        log = f'nl_plugins.datasets.{module}.print_log'
        monkeypatch.setattr(log, lambda message, *_: messages.append(message))
    return messages


def test_validation_with_another_order_or_other_names(tmp_path, warned):
    refuse(run(tmp_path, val=OTHER_ORDER), 'other numbers in the validation set')
    assert not warned
    run(tmp_path, val=OTHER_NAMES).train()
    assert ["class 2 is 'black' here and 'blue' there" in m for m in warned] == [True]


def test_a_hook_of_this_package_compares_in_any_tool(tmp_path):
    val = loader(data(OTHER_ORDER), sampler=ORDERED)
    runner = build(tmp_path, [dict(type='SMPHook', start_epoch=2)], val_dataloader=val)
    refuse(runner, 'other numbers in the validation set')
    assert sum(isinstance(hook, ClassNamesHook) for hook in runner.hooks) == 1


@pytest.mark.parametrize('classes', [OTHER_ORDER, OTHER_NAMES])
@pytest.mark.parametrize(
    'hook', [SELECTION, dict(type='SINetHook', graph=None, start_epoch=2)]
)
def test_clean_data_is_learnt_from(tmp_path, hook, classes):
    hook = dict(hook, clean_dataset=data(classes))
    refuse(run(tmp_path, [hook]), 'in clean_dataset than in the training set')


def test_a_validation_set_to_refine_is_learnt_from(tmp_path, warned):
    hook = dict(SELECTION, refine_validation=True)
    evaluator = dict(type='SelectedAccuracy')
    runner = run(tmp_path, [hook], OTHER_NAMES, val_evaluator=evaluator)
    refuse(runner, 'differ in the validation set than in the training set')


@pytest.fixture
def checkpoint(tmp_path):
    """Of a model that was trained on data with these classes."""

    def save(classes, name='model.pth'):
        model = build(tmp_path, []).model
        meta = dict(dataset_meta=dict(classes=classes), epoch=1, iter=4)
        path = tmp_path / name
        torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
        return str(path)

    return save


def to_test(tmp_path, load_from, classes=NAMES):
    return run(
        tmp_path,
        test_dataloader=loader(data(classes), sampler=ORDERED),
        test_evaluator=dict(type='Accuracy'),
        test_cfg=dict(),
        load_from=load_from,
    )


def test_a_checkpoint_of_another_order_is_not_tested(tmp_path, checkpoint, warned):
    path = checkpoint(OTHER_ORDER)
    message = 'other numbers in the test set than in the checkpoint'
    refuse(to_test(tmp_path, path), message, 'test')
    to_test(tmp_path, path, OTHER_ORDER).test()
    assert not warned
    to_test(tmp_path, path, OTHER_NAMES).test()
    assert len(warned) == 1


def test_members_of_an_ensemble_are_compared(tmp_path, checkpoint):
    same, other = checkpoint(NAMES), checkpoint(OTHER_ORDER, 'other.pth')
    with pytest.raises(ValueError, match='in the test set than in the checkpoint'):
        run_ensemble_test([to_test(tmp_path, same), to_test(tmp_path, other)])
    with pytest.raises(ValueError, match='test set of member 2 than in the test set'):
        runners = [
            to_test(tmp_path, same),
            to_test(tmp_path, other, OTHER_ORDER),
        ]
        run_ensemble_test(runners)


def test_training_from_a_checkpoint(tmp_path, checkpoint, warned):
    names = checkpoint(OTHER_NAMES)
    message = 'in the training set than in the checkpoint'
    refuse(run(tmp_path, load_from=checkpoint(OTHER_ORDER, 'o.pth')), message)
    run(tmp_path, load_from=names).train()  # the head may be another one
    assert len(warned) == 1


@pytest.mark.parametrize('prefix', ['', 'module.', 'model.'])
def test_weights_under_other_names(tmp_path, prefix):
    weights = build(tmp_path, []).model.state_dict()
    path = str(tmp_path / 'renamed.pth')
    torch.save({prefix + name: value for name, value in weights.items()}, path)
    runner = run(tmp_path, load_from=path)
    if prefix == 'model.':  # 'module.' is what MMEngine strips
        refuse(runner, r"no weight of the model: its first are \['model.backbone")
    else:
        runner.train()


def test_a_resumed_run_has_the_classes_of_its_checkpoint(tmp_path):
    build(tmp_path, []).train()
    saved = str(tmp_path / 'epoch_1.pth')
    other = loader(toy(metainfo=dict(classes=OTHER_NAMES)))
    runner = run(tmp_path, train_dataloader=other, load_from=saved, resume=True)
    with pytest.raises(ValueError, match='in the training set than in the checkpoint'):
        runner.train()
    run(tmp_path, load_from=saved, resume=True).train()


def test_the_tools_watch(tmp_path):
    runner = build_runner(config(tmp_path, []), Namespace(cfg_options=None))
    assert any(isinstance(hook, ClassNamesHook) for hook in runner.hooks)


@DATASETS.register_module()
class InFolders(ToyImages):
    """Image paths in folders of class names, right or in the order of ``folders``."""

    def __init__(self, folders, **kwargs):
        self.folders = folders
        super().__init__(**kwargs)

    def load_data_list(self):
        infos = super().load_data_list()
        for index, info in enumerate(infos):
            info['img_path'] = f'a/{self.folders[info["true_label"]]}/{index}.png'
        return infos


@pytest.mark.parametrize('split', ['train', 'val'])
def test_labels_that_contradict_the_folders_are_told_at_the_start(
    tmp_path, warned, split
):
    def images(folders):
        noise = dict(type='symmetric', rate=0.9)  # of a wrapper: no contradiction
        inner = dict(toy(), type='InFolders', folders=folders)
        return loader(dict(type='NoisyLabels', dataset=inner, noise=noise))

    changes = {f'{split}_dataloader': images(NAMES)}
    run(tmp_path / 'right', **changes).train()
    assert not warned
    changes = {f'{split}_dataloader': images(OTHER_ORDER)}
    run(tmp_path / 'wrong', **changes).train()
    (message,) = warned
    what = 'the training set' if split == 'train' else 'the validation set'
    assert message.startswith(f'{what}: most labels contradict the names of the fold')
    assert "1 ('green') for 'a/" in message
