"""Comparisons: seeds, results that are kept, runs of another config."""

import json

import pytest
from mmengine.hooks import Hook
from mmpretrain.registry import DATASETS, HOOKS
from toy import config, loader, toy

from nl_plugins.running.comparison import run_comparison
from nl_plugins.running.comparison_tables import table_of_differences, table_of_results
from nl_plugins.running.logged_values import accuracy_curve
from nl_plugins.running.run_once import run_once
from nl_plugins.running.seeded import seeded


def small(tmp_path, lr=0.05):
    hook = dict(type='SMPHook', start_epoch=2, candidate_fraction=0.3)
    noisy = dict(
        type='NoisyLabels', dataset=toy(), noise=dict(type='symmetric', rate=0.2)
    )
    return config(
        tmp_path,
        [hook],
        train_dataloader=loader(noisy),
        train_cfg=dict(by_epoch=True, max_epochs=2, val_interval=1),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)),
    )


def test_seed_reaches_network_noise_and_method(tmp_path):
    original = small(tmp_path)
    got = seeded(original, 5)
    assert got.randomness.seed == 5
    assert got.train_dataloader.dataset.seed == 5
    assert got.custom_hooks[0].seed == 5
    assert original.randomness.seed == 0
    original.train_dataloader.sampler.seed = 0
    assert seeded(original, 5).train_dataloader.sampler.seed == 5
    assert 'seed' not in original.train_dataloader.dataset


def test_a_run_that_was_stopped_in_its_last_validation_is_measured(tmp_path):
    @HOOKS.register_module(force=True)
    class StopInValidation(Hook):
        stops = True

        def before_val_epoch(self, runner):
            if self.stops and runner.epoch == 2:
                raise KeyboardInterrupt

    cfg = small(tmp_path)
    cfg.custom_hooks.append(dict(type='StopInValidation'))
    with pytest.raises(KeyboardInterrupt):
        run_comparison(dict(a=cfg), [0], tmp_path)
    StopInValidation.stops = False
    stopped, whole = (
        run_comparison(dict(a=cfg), [0], folder)['a']
        for folder in (tmp_path, tmp_path / 'whole')
    )
    assert stopped == whole
    assert [epoch for epoch, _ in stopped['curves'][0]] == [1, 2]


def test_a_seed_counts_once(tmp_path):
    with pytest.raises(ValueError, match=r'seeds=\[0, 1, 0\]'):
        run_comparison(dict(a=small(tmp_path)), [0, 1, 0], tmp_path)


def test_results_are_gathered_and_not_repeated(tmp_path, capsys):
    configs = dict(a=small(tmp_path), b=small(tmp_path, lr=0.01))
    first = run_comparison(configs, [0, 1], tmp_path)
    assert len(first['a']['top1']) == 2
    assert first['a'] != first['b']
    saved = json.loads((tmp_path / 'summary.json').read_text())
    assert saved['a']['top1'] == first['a']['top1']
    assert saved['seeds'] == [0, 1]
    capsys.readouterr()
    assert run_comparison(configs, [0, 1], tmp_path) == first
    assert 'seed' not in capsys.readouterr().out, 'a finished run was repeated'
    with pytest.raises(ValueError, match='run of another config'):
        run_comparison(dict(a=small(tmp_path, lr=0.5)), [0], tmp_path)
    # side by side they end at the same numbers
    told = []
    tell = lambda *run: told.append(run)  # noqa: E731
    assert run_comparison(configs, [0, 1], tmp_path / '2', tell, workers=3) == first
    assert told == [], 'the other processes told'
    # the cleaned labels' figures are those of the data
    for name in ('given_label_accuracy', 'corrected_label_accuracy', 'precision'):
        assert all(0 <= value <= 1 for value in first['a'][name])


def test_what_is_told_at_the_end_is_in_the_result(tmp_path):
    origin = dict(origin=dict(wall_seconds=1.5))
    told = lambda runner: origin  # noqa: E731
    result = run_once(small(tmp_path), tmp_path, 'a run', finished=told)
    assert result['origin'] == origin['origin']
    assert json.loads((tmp_path / 'result.json').read_text()) == result


def test_curve_of_a_killed_and_resumed_run(tmp_path):
    for name, lines in {
        '1/vis_data': ['{"accuracy/top1": 10, "step": 1}', '{"accuracy/top1": 2'],
        '2/vis_data': ['{"loss": 1, "step": 9}', '{"accuracy/top1": 30, "step": 2}'],
    }.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / 'scalars.json').write_text('\n'.join(lines))
    assert accuracy_curve(tmp_path) == [[1, 10], [2, 30]]


def test_table():
    summary = dict(
        ce=dict(top1=[0.5, 0.6], curves=[]),
        smp=dict(top1=[0.9, 0.9], given_label_accuracy=[0.5, 0.5], curves=[]),
    )
    table = table_of_results(summary).splitlines()
    assert table[0] == '| method | top-1, last epoch | given labels right |'
    assert table[2] == '| ce | 0.550 ± 0.071 | – |'
    assert table[3] == '| smp | 0.900 ± 0.000 | 0.500 ± 0.000 |'


def test_differences_are_paired_by_seed():
    summary = dict(ce=dict(top1=[0.5, 0.9]), smp=dict(top1=[0.6, 0.8]))
    summary['elr'] = dict(top1=[0.7, 1.1])
    assert table_of_differences(summary).splitlines() == [
        '| method | accuracy/top1 minus ce | higher with |',
        '| --- | ---: | ---: |',
        '| smp | 0.000 ± 0.141 | 1 of 2 seeds |',
        '| elr | 0.200 ± 0.000 | 2 of 2 seeds |',
    ]
    assert table_of_differences(dict(ce=dict(top1=[0.5]))) == ''


def noisy(dataset=None, **settings):
    noise = dict(type='symmetric', rate=0.2)
    return dict(type='NoisyLabels', dataset=dataset or toy(), noise=noise, **settings)


def test_everything_that_draws_labels_gets_the_seed(tmp_path):
    parts = [
        dict(type='ImageDependentNoise', dataset=toy(), confusing=0.3, random=0.1),
        dict(type='RepeatDataset', times=2, dataset=noisy(seed=0)),
        dict(type='VerificationLabels', dataset=noisy(), share=0.1),
        toy(),
    ]
    data = dict(type='ConcatDataset', datasets=parts)
    clean = dict(type='CleanLabels', dataset=noisy(), fraction=0.1, clean_only=True)
    hook = dict(type='SINetHook', clean_dataset=clean, graph=dict(type='WordNet'))
    cfg = config(
        tmp_path,
        [hook],
        train_dataloader=loader(dict(type='CleanLabels', dataset=data, clean=clean)),
        val_dataloader=loader(dict(type='ConcatDataset', datasets=[noisy(), toy()])),
        test_dataloader=loader(noisy(seed=0)),
    )
    got = seeded(cfg, 3)
    train, val = got.train_dataloader.dataset, got.val_dataloader.dataset
    first, second, third, plain = train.dataset.datasets
    drawn = [train, train.clean, train.clean.dataset, first, second.dataset, third]
    drawn += [third.dataset, val.datasets[0], got.custom_hooks[0].clean_dataset]
    assert [part.seed for part in drawn] == [3] * len(drawn)
    assert got.custom_hooks[0].seed == 3
    for untouched in (plain, val.datasets[1], second, val, got.custom_hooks[0].graph):
        assert 'seed' not in untouched
    assert 'seed' not in first.dataset
    assert got.test_dataloader.dataset.seed == 0


def test_folds_are_drawn_with_one_seed(tmp_path):
    """Only where they are drawn: with another seed training would see validation.

    Or test data, which is often that of validation.
    """
    fold = dict(type='KFoldDataset', dataset=toy(), num_splits=3)
    for seed, want in ((1, 5), (None, None)):
        cfg = config(
            tmp_path,
            [],
            train_dataloader=loader(dict(fold, seed=seed)),
            val_dataloader=loader(dict(fold, seed=seed, test_mode=True)),
            test_dataloader=loader(dict(fold, seed=seed, test_mode=True)),
        )
        got = seeded(cfg, 5)
        assert got.test_dataloader.dataset.seed == want
        assert got.train_dataloader.dataset.seed == want
        assert got.val_dataloader.dataset.seed == want


def test_seeds_change_the_labels_of_validation_data(tmp_path):
    cfg = config(tmp_path, [], val_dataloader=loader(noisy(toy(num_samples=200))))
    drawn = [
        DATASETS.build(seeded(cfg, seed).val_dataloader.dataset).get_gt_labels()
        for seed in (0, 1)
    ]
    assert (drawn[0] != drawn[1]).any()


F1 = 'single-label/f1-score'


def test_any_metric_of_validation(tmp_path, capsys):
    """Checked before the training; a finished run is compared by others, too."""
    cfg = small(tmp_path)
    cfg.custom_hooks = []
    cfg.val_evaluator = [dict(type='Accuracy'), dict(type='SingleLabelMetric')]
    names = 'accuracy/top1, single-label/precision, single-label/recall, '
    with pytest.raises(ValueError, match=f"a measures no 'f1': choose one of {names}"):
        run_comparison(dict(a=cfg), [0], tmp_path, metric='f1')
    assert not (tmp_path / 'a').exists()
    by_f1 = run_comparison(dict(a=cfg), [0], tmp_path, metric=F1)
    curve = accuracy_curve(tmp_path / 'a' / 'seed_0', F1)
    assert len(curve) == 2
    assert by_f1['a'] == {F1: [curve[-1][1]], 'curves': [curve]}
    first = table_of_results(by_f1, F1).splitlines()[0]
    assert first == f'| method | {F1}, last epoch |'
    capsys.readouterr()
    by_top1 = run_comparison(dict(a=cfg), [0], tmp_path)
    assert 'seed 0' not in capsys.readouterr().out
    assert by_top1['a']['curves'] == [accuracy_curve(tmp_path / 'a' / 'seed_0')]
    assert by_top1['a']['top1'] == [by_top1['a']['curves'][0][-1][1] / 100]


def test_a_run_that_is_not_validated_is_not_trained(tmp_path):
    cfg = small(tmp_path)
    cfg.val_dataloader = cfg.val_evaluator = cfg.val_cfg = None
    with pytest.raises(ValueError, match='a is not validated: give it val_dataloader'):
        run_comparison(dict(a=cfg), [0], tmp_path)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(train_cfg=dict(by_epoch=True, max_epochs=2, val_begin=3)), 'val_begin=3'),
        (dict(default_hooks=dict(logger=None)), 'no scalars.json .* LoggerHook'),
        (
            dict(visualizer=dict(type='UniversalVisualizer')),
            "no scalars.json .* visualizer with dict.type='LocalVisBackend'",
        ),
    ],
    ids=['late', 'no hook', 'no backend'],
)
def test_a_run_that_would_log_nothing_is_not_trained(tmp_path, changes, message):
    cfg = small(tmp_path)
    cfg.update(changes)
    with pytest.raises(ValueError, match=f'a .*{message}'):
        run_comparison(dict(a=cfg), [0], tmp_path)
    assert not (tmp_path / 'a').exists()


def test_the_test_split_may_be_what_is_compared(tmp_path):
    cfg = small(tmp_path)
    cfg.custom_hooks = [dict(type='ReportTestSplitHook')]
    cfg.test_dataloader, cfg.test_cfg = cfg.val_dataloader, {}
    cfg.test_evaluator = dict(type='Accuracy', prefix='test')
    found = run_comparison(dict(a=cfg), [0], tmp_path, metric='test/top1')
    assert len(found['a']['curves'][0]) == 2
