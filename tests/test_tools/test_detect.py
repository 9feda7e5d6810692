"""The detection tool, in one process and in two."""

import json
from argparse import Namespace
from importlib.util import find_spec

import pytest
import torch
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS
from tool_runs import run_tool

import nl_plugins  # noqa: F401  (registers the components)
from nl_plugins.detection import table
from nl_plugins.formats.label_file import read_label_file
from nl_plugins.running.run_config import load_run_config

CONFIG = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(backbone=dict(stem_channels=2, base_channels=2), neck=dict(in_channels=64))
train_dataloader = dict(dataset=dict(
    _delete_=True, type='VerificationLabels', share=0.5, indices=300, dataset=dict(
        type='NoisyLabels', noise=dict(type='symmetric', rate=0.3),
        dataset=dict(type='Digits', split='train', pipeline=[dict(type='PackInputs')]),
    )))
custom_hooks = [dict(
    type='CleanNetHook', start_epoch=1, num_references=5, num_folds=2, num_networks=1,
    cleannet=dict(hidden_channels=(16, 16), query_channels=16, embed_channels=8),
    training=dict(max_epochs=3))]
"""


@pytest.fixture
def paths(tmp_path):
    config = tmp_path / 'config.py'
    config.write_text(CONFIG)
    cfg = load_run_config(
        Namespace(
            config=str(config),
            launcher='none',
            local_rank=0,
            work_dir=None,
            no_pin_memory=True,
            cfg_options=None,
        )
    )
    init_default_scope('mmpretrain')
    torch.manual_seed(0)
    model = MODELS.build(
        {
            **cfg.model,
            'data_preprocessor': dict(
                type='ClsDataPreprocessor', **cfg.data_preprocessor
            ),
        }
    )
    checkpoint = tmp_path / 'model.pth'
    torch.save(dict(state_dict=model.state_dict()), checkpoint)
    return config, checkpoint, DATASETS.build(cfg.train_dataloader.dataset)


@pytest.fixture(autouse=True)
def two_baselines(monkeypatch):
    """The others are tried in test_supervised_detectors."""
    names = ('SVM', 'label spreading')
    kept = {name: table.SUPERVISED[name] for name in names}
    monkeypatch.setattr(table, 'SUPERVISED', kept)


def detect(paths, out, *options, world=1):
    config, checkpoint, _ = paths
    files = ('--out', out, '--work-dir', out / 'work')
    return run_tool('detect', config, checkpoint, *files, *options, world=world)


def test_compares_methods_and_writes_the_files(paths, tmp_path):
    done = detect(paths, tmp_path / 'out')
    assert done.returncode == 0, done.stderr[-3000:]
    assert '| CleanNet |' in done.stdout
    assert '| label spreading |' in done.stdout
    assert f"label_file='{tmp_path / 'out' / 'cleaned_labels.csv'}'" in done.stdout
    figures = json.loads((tmp_path / 'out' / 'detection.json').read_text())
    dataset = paths[2]
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    unverified = [info for info in infos if info['verification'] < 0]
    assert figures['num_learnt'] == len(infos) - len(unverified)
    assert figures['num_judged'] == len(unverified)
    wrong = [
        [i['gt_label'] != i['true_label'] for i in unverified if i['gt_label'] == c]
        for c in range(10)
    ]
    naive = sum(sum(part) / len(part) for part in wrong) / 10
    assert figures['methods']['naive']['error'] == pytest.approx(naive)
    lines = {
        name: (tmp_path / 'out' / name).read_text().splitlines()[1:]
        for name in ('cleaned_labels.csv', 'suspicious.csv', 'attention.csv')
    }
    assert len(lines['cleaned_labels.csv']) == 300
    assert len(lines['suspicious.csv']) == figures['num_suspicious']
    assert len(lines['attention.csv']) == 50
    assert f'Files by the method {figures["method"]!r}' in done.stdout


def test_two_processes_find_what_one_finds_and_classes_can_be_held_out(paths, tmp_path):
    options = ('--held-out', '3', '--held-out-classes', '3', '7', '--seed', '5')
    one = detect(paths, tmp_path / 'one', *options)
    assert one.returncode == 0, one.stderr[-3000:]
    options += ('--launcher', 'pytorch')
    two = detect(paths, tmp_path / 'two', *options, world=2)
    assert two.returncode == 0, two.stderr[-3000:]
    first, second = (
        json.loads((tmp_path / name / 'detection.json').read_text())
        for name in ('one', 'two')
    )
    assert first['held_out_classes'] == [3, 7]
    assert first['seed'] == 5
    assert first['methods'].keys() == second['methods'].keys()
    assert 'SVM (labels of all classes)' in first['methods']
    assert first['num_judged'] == second['num_judged']
    assert first['thresholds'] == pytest.approx(second['thresholds'], abs=1e-2)
    errors = [f['methods']['classification filtering'] for f in (first, second)]
    assert errors[0]['class_errors'] == errors[1]['class_errors']


def test_several_numbers_of_classes_are_held_out_in_one_call(paths, tmp_path):
    """Of 5 classes held out the 2 are a part; each has its files."""
    options = ('--held-out', '3', '--held-out-counts', '2', '5', '--seed', '5')
    done = detect(paths, tmp_path / 'out', *options)
    assert done.returncode == 0, done.stderr[-3000:]
    folders = [tmp_path / 'out' / f'held_out_{count}' for count in (2, 5)]
    two, five = (json.loads((f / 'detection.json').read_text()) for f in folders)
    assert len(two['held_out_classes']) == 2
    assert len(five['held_out_classes']) == 5
    assert set(two['held_out_classes']) < set(five['held_out_classes'])
    for figures in (two, five):
        errors = figures['methods']['CleanNet']['class_errors']
        judged = [label for label, error in enumerate(errors) if error is not None]
        assert judged == figures['held_out_classes']
    assert two['num_learnt'] > five['num_learnt']
    cells = ' | '.join(
        f'{100 * figures["methods"]["CleanNet"]["error"]:.2f}'
        for figures in (two, five)
    )
    assert '| classes held out | 2 | 5 |' in done.stdout
    assert f'| CleanNet | {cells} |' in done.stdout
    for name in ('attention.png', 'similarity.png', 'cleaned_labels.csv'):
        assert str(folders[1] / name) in done.stdout
        assert (folders[0] / name).exists()


def test_settings_of_the_configs_hook(paths, tmp_path):
    """Its scope, held-out classes, priority; a loader without a batch size."""
    config, checkpoint, dataset = paths
    hook = "priority='LOW', held_out_classes=[3, 7], start_epoch=1"
    config.write_text(
        CONFIG.replace('start_epoch=1', hook).replace(
            "'CleanNetHook'", "'mmpretrain.CleanNetHook'"
        )
        + 'train_dataloader.update(batch_size=None, sampler=None, batch_sampler=dict(\n'
        + "    type='BatchSampler', batch_size=9, drop_last=False,\n"
        + "    sampler=dict(type='DefaultSampler', shuffle=True)))\n"
    )
    done = detect(paths, tmp_path / 'out')
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads((tmp_path / 'out' / 'detection.json').read_text())
    assert figures['held_out_classes'] == [3, 7]
    errors = figures['methods']['CleanNet']['class_errors']
    assert [c for c, error in enumerate(errors) if error is not None] == [3, 7]
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    learnt = [
        i for i in infos if i['verification'] >= 0 and i['gt_label'] not in (3, 7)
    ]
    assert figures['num_learnt'] == len(learnt)
    if find_spec('cleanlab') is None:
        assert 'No row for confident learning' in done.stdout


def test_no_verification_labels(paths, tmp_path):
    config, checkpoint, _ = paths
    config.write_text(
        CONFIG.replace("'VerificationLabels', share=0.5", "'NoisyLabels'")
    )
    unverified = (config, checkpoint, None)
    done = detect(unverified, tmp_path / 'judged')  # true labels are known
    assert done.returncode == 0, done.stderr[-3000:]
    assert '| closed form |' in done.stdout
    assert '| CleanNet |' not in done.stdout
    done = detect(unverified, tmp_path / 'out', '--method', 'CleanNet')
    assert done.returncode != 0
    assert 'tools/verify.py lists images to look at' in done.stderr


def test_nothing_judges(paths, tmp_path):
    """Neither verification labels nor true ones: ranks, a rate, a list to verify."""
    config, checkpoint, _ = paths
    head, tail = CONFIG.split('train_dataloader'), CONFIG.split('    )))\n')[1]
    data = "dataset=dict(_delete_=True, type='Digits', split='train', indices=300,"
    data += " pipeline=[dict(type='PackInputs')])"
    config.write_text(f'{head[0]}train_dataloader = dict({data})\n{tail}')
    done = detect((config, checkpoint, None), tmp_path / 'out', '--count', '40')
    assert done.returncode == 0, done.stderr[-3000:]
    assert '| rank agreement | closed form | network | average |' in done.stdout
    assert 'Estimated share of wrong labels' in done.stdout
    listed = read_label_file(tmp_path / 'out' / 'to_verify.csv')
    assert len(listed) == 40
    counts = torch.bincount(torch.tensor(listed.given_labels), minlength=10)
    assert counts.min() >= 2
