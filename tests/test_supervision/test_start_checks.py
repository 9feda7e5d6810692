"""What cannot work is refused before the first iteration, with what to do."""

import logging

import pytest
import torch
from mmpretrain.registry import DATASETS, HOOKS, MODELS
from toy import NUM_CLASSES, PIPELINE, ToyImages, build, loader, tiny_model, toy

from nl_plugins.supervision.start_checks import warn_of_margin

HOOK = dict(type='SMPHook', start_epoch=5)


@DATASETS.register_module()
class BadLabels(ToyImages):
    def __init__(self, bad, **kwargs):
        self.bad = bad
        super().__init__(**kwargs)

    def load_data_list(self):
        infos = super().load_data_list()
        infos[7]['gt_label'] = self.bad
        infos[7]['img_path'] = 'a/b.jpg'
        return infos


def refuse(tmp_path, match, hook=HOOK, model=None, **changes):
    runner = build(
        tmp_path, [hook], model, **{'default_hooks': dict(checkpoint=None), **changes}
    )
    with pytest.raises(ValueError, match=match):
        runner.train()
    assert runner.iter == 0


def test_sample_idx_dropped_by_pack_inputs(tmp_path):
    pipeline = [dict(type='PackInputs', meta_keys=('img_shape',))]
    refuse(tmp_path, 'meta_keys', train_dataloader=loader(toy(pipeline=pipeline)))


def test_concatenated_datasets_repeat_indices(tmp_path):
    both = dict(type='ConcatDataset', datasets=[toy(), toy(seed=1)])
    refuse(tmp_path, 'NoisyLabels', train_dataloader=loader(both))
    hidden = dict(type='RepeatDataset', times=2, dataset=both)
    refuse(tmp_path, 'NoisyLabels', train_dataloader=loader(hidden))


def test_duplicate_indices(tmp_path):
    @DATASETS.register_module(force=True)
    class Duplicates(ToyImages):
        def get_data_info(self, idx):
            return dict(super().get_data_info(idx), sample_idx=idx // 2)

    refuse(
        tmp_path,
        r'sample 1 of Duplicates carries sample_idx=0',
        train_dataloader=loader(dict(toy(), type='Duplicates')),
    )


def test_cal_acc(tmp_path):
    refuse(tmp_path, 'cal_acc', model=tiny_model(cal_acc=True))


@pytest.mark.parametrize('bad', [NUM_CLASSES, -1, 99])
def test_label_out_of_range_names_the_file(tmp_path, bad):
    data = dict(toy(), type='BadLabels', bad=bad)
    match = rf"sample 7 \('a/b.jpg'\) has (gt_label=|label ){bad}, "
    refuse(tmp_path, match, train_dataloader=loader(data))


def test_several_labels(tmp_path):
    data = dict(toy(), type='BadLabels', bad=[0, 1])
    refuse(tmp_path, 'sample 7 has 2 labels', train_dataloader=loader(data))


def test_multi_label_head(tmp_path):
    model = tiny_model(
        type='MultiLabelLinearClsHead',
        loss=dict(type='CrossEntropyLoss', use_sigmoid=True),
    )
    refuse(tmp_path, 'MultiLabelLinearClsHead', model=model)


@pytest.mark.parametrize(
    ('loss', 'match'),
    [
        (dict(type='SeesawLoss', num_classes=3), 'SeesawLoss does not accept'),
        (dict(type='FocalLoss'), 'FocalLoss is not linear'),
        (
            dict(
                type='LabelSmoothLoss',
                label_smooth_val=0.1,
                mode='multi_label',
                use_sigmoid=True,
            ),
            'LabelSmoothLoss is not linear',
        ),
    ],
)
def test_losses_that_do_not_understand_mixed_targets(tmp_path, loss, match):
    refuse(tmp_path, match, model=tiny_model(loss=loss))


def test_epochs_in_an_iteration_based_loop(tmp_path):
    refuse(
        tmp_path,
        'by_epoch=False',
        train_cfg=dict(by_epoch=False, max_iters=4, val_interval=100),
    )


def test_no_pipeline_for_the_walk(tmp_path):
    refuse(
        tmp_path,
        'pipeline=',
        val_dataloader=None,
        val_evaluator=None,
        val_cfg=None,
    )


def test_pipeline_can_be_given_or_comes_from_the_test_dataset(tmp_path):
    both = dict(type='ConcatDataset', datasets=[toy(), toy(seed=1)])
    bare = dict(val_dataloader=None, val_evaluator=None, val_cfg=None)
    quiet = dict(default_hooks=dict(checkpoint=None))
    build(tmp_path, [dict(HOOK, pipeline=PIPELINE)], **bare, **quiet).train()
    with_test = dict(
        test_dataloader=loader(dict(type='RepeatDataset', times=1, dataset=both)),
        test_cfg=dict(),
        test_evaluator=dict(type='Accuracy'),
    )
    build(tmp_path / 'test', [HOOK], **bare, **with_test, **quiet).train()


def test_feature_layer_that_does_not_exist(tmp_path):
    refuse(tmp_path, "feature_layer='nowhere'", dict(HOOK, feature_layer='nowhere'))


def test_online_with_mixup(tmp_path):
    model = dict(tiny_model(), train_cfg=dict(augments=[dict(type='Mixup', alpha=1.0)]))
    refuse(tmp_path, 'Mixup', dict(HOOK, online=True), model=model)


def test_online_iterations_without_a_round():
    hook = dict(type='LabelPosteriorHook', start_epoch=50, online=True, by_epoch=False)
    with pytest.raises(ValueError, match='Hook without `interval` has no rounds'):
        HOOKS.build(hook)


def test_online_round_cut_by_checkpoints(tmp_path):
    refuse(
        tmp_path,
        'multiples of 4 iterations',
        dict(HOOK, online=True, by_epoch=False, interval=4),
        train_cfg=dict(by_epoch=False, max_iters=8, val_interval=100),
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=6)
        ),
    )


@pytest.mark.parametrize(
    ('argument', 'value'),
    [
        ('start_epoch', 0),
        ('start_epoch', 1.5),
        ('interval', 0),
        ('alpha', 1.2),
        ('alpha', -0.1),
        ('num_samples', 0),
        ('num_prototypes', 0),
        ('density_quantile', 0.0),
        ('density_quantile', 'best'),
        ('max_similarity', 0),
        ('candidate_fraction', 1.5),
        ('prototype_method', 'mean'),
        ('holdout_fraction', 0.9),
    ],
)
def test_arguments_out_of_range(argument, value):
    from nl_plugins.methods.smp.smp_hook import SMPHook

    with pytest.raises(ValueError, match=argument):
        SMPHook(**{'start_epoch': 2, argument: value})


def test_labels_that_change_between_start_and_training(tmp_path):
    @DATASETS.register_module(force=True)
    class Drifting(ToyImages):
        calls = 0

        def get_data_info(self, idx):
            Drifting.calls += 1
            info = super().get_data_info(idx)
            if Drifting.calls > 3 * len(self):
                info['gt_label'] = (info['gt_label'] + 1) % NUM_CLASSES
            return info

    runner = build(
        tmp_path,
        [dict(HOOK, start_epoch=1)],
        train_dataloader=loader(dict(toy(), type='Drifting')),
        train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=100),
        default_hooks=dict(checkpoint=None),
    )
    with pytest.raises(RuntimeError, match='changes labels'):
        runner.train()


def test_checks_leave_the_random_state_alone(tmp_path):
    plain = build(tmp_path / 'a', [], default_hooks=dict(checkpoint=None))
    plain.train()
    hooked = build(
        tmp_path / 'b',
        [dict(HOOK, holdout_fraction=0.0)],
        default_hooks=dict(checkpoint=None),
    )
    hooked.train()
    for name, value in plain.model.state_dict().items():
        assert torch.equal(value, hooked.model.state_dict()[name]), name


@pytest.mark.parametrize(('margin', 'warnings'), [(0.5, 1), (0.0, 0)])
def test_a_margin_that_stays_at_the_given_label(margin, warnings, caplog):
    head = dict(type='ArcFaceClsHead', num_classes=3, in_channels=8, margins=margin)
    model = MODELS.build(dict(type='ImageClassifier', backbone=dict(type='TinyNet')))
    model.head = MODELS.build(head)
    warn_of_margin(model, logging.getLogger())
    found = [record.getMessage() for record in caplog.records]
    assert [text[:41] for text in found] == [
        'ArcFaceClsHead puts its margin at the giv'
    ] * warnings
