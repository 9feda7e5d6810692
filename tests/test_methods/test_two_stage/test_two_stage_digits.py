"""The two stages on real digits of which 60 % have a wrong label."""

import torch
from mmengine.hooks import Hook
from toy import build, hook_of, loader

from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook

SWITCH, EPOCHS = 6, 20
PIPELINE = [dict(type='PackInputs')]


class Accuracies(Hook):
    def __init__(self):
        self.top1 = {}

    def after_val_epoch(self, runner, metrics):
        self.top1[runner.epoch] = metrics['accuracy/top1']


def test_selection_keeps_right_labels_and_stage_2_gains(tmp_path):
    train = dict(
        type='NoisyLabels',
        dataset=dict(type='Digits', pipeline=PIPELINE),
        noise=dict(type='symmetric', rate=0.6),
    )
    test = dict(type='Digits', split='test', pipeline=PIPELINE)
    model = dict(
        type='PiModelClassifier',
        backbone=dict(type='FullyConnected', in_channels=64, dropout=0.3),
        head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
        consistency=dict(type='ConsistencyLoss', loss_weight=30.0),
        noise=dict(type='GaussianNoise', std=0.3),
        start_epoch=SWITCH,
        ramp_up=5,
        data_preprocessor=dict(num_classes=10, mean=[77.8], std=[95.9]),
    )
    watcher = Accuracies()
    runner = build(
        tmp_path,
        [
            dict(type='StepSeedHook'),
            dict(type='LabelSelectionHook', start_epoch=SWITCH, min_fraction=0.25),
            dict(type='TermsHook'),
        ],
        model,
        train_dataloader=loader(
            train,
            batch_size=64,
            sampler=dict(type='LabeledUnlabeledSampler', labeled_share=0.3),
        ),
        val_dataloader=loader(
            test, batch_size=360, sampler=dict(type='DefaultSampler', shuffle=False)
        ),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=0.003)),
        train_cfg=dict(by_epoch=True, max_epochs=EPOCHS, val_interval=1),
        default_hooks=dict(checkpoint=None),
    )
    runner.register_hook(watcher)
    runner.train()
    hook = hook_of(runner, LabelSelectionHook)
    right = hook.table.given_labels == hook.training_set.true_labels
    assert float(right.double().mean()) < 0.45
    selected = hook.table.selected
    assert float(right[selected].double().mean()) > 0.9
    given = hook.table.given_labels.long()
    least = 0.25 * given.bincount(minlength=10)  # a quarter of each class
    assert torch.all(given[selected].bincount(minlength=10) >= least)
    assert watcher.top1[EPOCHS] > watcher.top1[SWITCH - 1] + 3
