"""One row for each kind of fault that real situations brought out, by its number.

The smallest input that showed it, and what must come of it: an error that says this, or
this value. The tests of each room look at what else is of the kind.
"""

from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.fileio import load
from mmpretrain.registry import HOOKS, MODELS
from toy import build, config, loader, tiny_model, toy

from nl_plugins.data_check.hook_settings import named_datasets
from nl_plugins.datasets.class_names import check_class_names, check_folders, in_order
from nl_plugins.datasets.image_labels import ImageLabels
from nl_plugins.formats.label_file import recommend
from nl_plugins.formats.label_pickle import load_label_pickle
from nl_plugins.methods.sinet.class_graphs.token_features import token_features
from nl_plugins.methods.smp.holdout import draw_holdout
from nl_plugins.methods.smp.loaded_weights import LoadedWeights
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.metric_check import check_metric
from nl_plugins.running.run_config import config_path, read_config
from nl_plugins.running.seeded import seeded
from nl_plugins.supervision.soft_targets import check_loss
from nl_plugins.supervision.training_loader import EpochSeeds, check_last_batch

CPU = torch.device('cpu')
QUIET = dict(default_hooks=dict(checkpoint=None))
KINDS = {}


def kind(number, expected):
    """A row: what the function of an empty folder gives, or the words of its error."""

    def add(function):
        name = f'{number:02}_{function.__name__}'
        KINDS[name] = function, expected
        return function

    return add


def table(folder, *lines, **kwargs):
    """ImageLabels of a table; its images are not looked for."""
    (folder / 'labels.csv').write_text('\n'.join(lines) + '\n')
    settings = dict(data_root=str(folder), missing_images='keep', **kwargs)
    return ImageLabels('labels.csv', **settings)


@kind(1, 'the same classes have other numbers in val than in train')
def classes_in_another_order(folder):
    names = [str(number) for number in range(11)]
    check_class_names({'train': in_order(names), 'val': sorted(names)}, learns=False)


@kind(2, True)
def weights_of_which_nothing_is_known(folder):
    model = MODELS.build(tiny_model())
    return LoadedWeights('a URL', [], {}, []).may_have_seen(['cat'], model)


@kind(3, False)
def the_only_sample_of_a_class_is_held_out(folder):
    return bool(draw_holdout(torch.tensor([0, 0, 0, 0, 0, 1]), None, 0)[5])


@kind(4, (('cat', 'owl'), [-1, 1]))
def nan_is_no_class(folder):
    lines = 'path,label,true_label', 'cat/0.png,cat,nan', 'owl/0.png,owl,owl'
    data = table(folder, *lines)
    return data.metainfo['classes'], data.columns.true_labels.tolist()


@kind(5, 'FocalLoss is not linear in the target')
def a_loss_that_another_hook_exchanges(folder):
    schedule = [dict(action_epoch=2, loss=dict(type='FocalLoss'))]
    switch = dict(type='SwitchRecipeHook', schedule=schedule)
    build(folder, [dict(type='SMPHook', start_epoch=2), switch], **QUIET).train()


@kind(6, 'does not fit the model of the config')
def a_checkpoint_of_another_head(folder):
    torch.save(MODELS.build(tiny_model()).state_dict(), folder / 'other.pth')
    model = tiny_model(num_classes=5)
    load_weights(SimpleNamespace(model=MODELS.build(model)), str(folder / 'other.pth'))


@kind(7, r'git-lfs has not fetched \[.pytorch_model.bin.\]')
def an_encoder_that_is_a_pointer(folder):
    pytest.importorskip('transformers')
    from tiny_bert import make_bert

    bert = make_bert(folder / 'bert')
    (bert / 'model.safetensors').unlink()
    pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'
    (bert / 'pytorch_model.bin').write_text(pointer)
    token_features(['cat'], bert)


@kind(8, ['drop', 'keep', 'replace'])
def a_label_file_says_what_is_recommended(folder):
    masks = dict(drop=torch.arange(3) == 0, replace=torch.arange(3) == 2)
    return recommend(3, None, **masks).tolist()


@kind(9, [5, 5])
def seeds_of_concatenated_noise(folder):
    noise = dict(type='symmetric', rate=0.5)
    noisy = dict(type='NoisyLabels', dataset=toy(), noise=noise, seed=0)
    both = dict(type='ConcatDataset', datasets=[noisy, noisy])
    cfg = seeded(config(folder, [], train_dataloader=loader(both)), 5)
    return [part.seed for part in cfg.train_dataloader.dataset.datasets]


@kind(10, True)
def twins_train_on_the_same_data(folder):
    names = 'cleannet/resnet50_clothing1m_hard', 'baseline/resnet50_clothing1m_verified'
    first, other = (
        Config.fromfile(config_path(f'nl_plugins::{name}.py')) for name in names
    )
    return first.train_dataloader.dataset == other.train_dataloader.dataset


@kind(11, 0.0)
def a_sigmoid_loss_of_no_weight(folder):
    loss = MODELS.build(dict(type='CrossEntropyLoss', use_sigmoid=True))
    check_loss(loss, 3, CPU)
    return float(loss(torch.zeros(2, 3), torch.zeros(2, 3), avg_factor=2))


@kind(12, 3)
def seeds_of_a_worker_in_three_epochs(folder):
    draws, sampler = set(), SimpleNamespace(epoch=0)
    former = SimpleNamespace(worker_init_fn=int, batch_sampler=None, sampler=sampler)
    seeds = EpochSeeds(former, 0)
    with torch.random.fork_rng([]):
        for sampler.epoch in range(3):
            seeds(0)
            draws.add(float(torch.rand(())))
    return len(draws)


@kind(13, True)
def early_stopping_on_ties(folder):
    stop = dict(type='ResumableEarlyStoppingHook', monitor='accuracy/top1')
    hook = HOOKS.build(dict(stop, patience=3, min_delta=0.0))
    return [hook._check_stop_condition(s)[0] for s in (50, 49, 50, 49)][-1]


@kind(14, "the folder 'cat' the label 0, the class 'dog'")
def classes_that_rename_folders(folder):
    folders = dict(folder_to_idx=dict(cat=0, dog=1))
    check_folders(SimpleNamespace(metainfo=dict(classes=['dog', 'cat']), **folders))


@kind(15, '30 samples in batches of 29 end in a batch of one image')
def a_last_batch_of_one(folder):
    runner = build(folder, [], train_dataloader=loader(toy(), batch_size=29))
    data = runner.build_dataloader(runner._train_dataloader)
    network = runner.model
    flat = torch.nn.Flatten(), torch.nn.BatchNorm1d(3 * 32 * 32)
    network.backbone = torch.nn.Sequential(*flat)
    network.head = torch.nn.Identity()
    check_last_batch(data, network)


@kind(16, ('mmpretrain', 4))
def a_config_that_leaves_out_what_tools_need(folder):
    (folder / 'config.py').write_text('train_cfg = dict(max_iters=4)')
    cfg = read_config(str(folder / 'config.py'))
    return cfg.default_scope, cfg.train_cfg.max_iters


@kind(17, "a measures no 'accuracy/top7': choose one of accuracy/top1")
def a_metric_that_nothing_measures(folder):
    check_metric('a', config(folder, []), 'accuracy/top7')


@kind(18, ['custom_hooks.0.clean_dataset'])
def datasets_that_hooks_name(folder):
    hook = dict(type='LabelSelectionHook', clean_dataset=toy())
    return list(named_datasets(config(folder, [hook])))


@kind(19, r'empty.pt is empty \(0 bytes\): download it again')
def a_label_file_of_no_bytes(folder):
    (folder / 'empty.pt').touch()
    load_label_pickle(folder / 'empty.pt')


@kind(20, [1])
def columns_and_rows_of_other_tools(folder):
    lines = 'file_name,breed,is_valid', '0.png,cat,True', '1.png,dog,False'
    names = dict(columns=dict(path='file_name', label='breed'), classes=['cat', 'dog'])
    data = table(folder, *lines, **names, where=dict(is_valid=False))
    return data.get_gt_labels().tolist()


@kind(21, True)
def metafiles_list_their_models(folder):
    path = config_path('nl_plugins::smp/metafile.yml')
    return bool(load(path)['Models'])


@pytest.mark.parametrize('name', sorted(KINDS))
def test_what_comes_of_it(tmp_path, name):
    function, expected = KINDS[name]
    if not isinstance(expected, str):
        assert function(tmp_path) == expected
        return
    with pytest.raises((ValueError, FileNotFoundError), match=expected):
        function(tmp_path)


def test_each_number_has_a_row():
    assert sorted({int(name[:2]) for name in KINDS}) == list(range(1, 22))
