"""Host set-ups that stage 2 must work with, or refuse."""

from contextlib import contextmanager

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.registry import OPTIM_WRAPPERS
from toy import NUM_CLASSES, hook_of, loader, toy
from toy_two_stage import SIDE, pi_model, two_stage

from nl_plugins.methods.two_stage.label_selection_hook import LabelSelectionHook

VIEWS = [
    dict(
        type='MultiView', num_views=2, transforms=[[dict(type='RandomFlip', prob=0.5)]]
    ),
    dict(type='PackInputs'),
]


@OPTIM_WRAPPERS.register_module(name='TwoStageCpuAmp')
class CpuAmpOptimWrapper(OptimWrapper):
    """MMEngine's AmpOptimWrapper insists on a GPU; this is its context on a CPU."""

    @contextmanager
    def optim_context(self, model):
        with super().optim_context(model), torch.autocast('cpu', torch.bfloat16):
            yield


def head(**kwargs):
    return dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=16, **kwargs)


VIT = dict(
    backbone=dict(
        type='VisionTransformer',
        arch=dict(embed_dims=16, num_layers=2, num_heads=2, feedforward_channels=32),
        img_size=SIDE,
        patch_size=4,
        drop_rate=0.1,
    ),
    neck=None,
    head=dict(type='VisionTransformerClsHead', num_classes=NUM_CLASSES, in_channels=16),
)
STACKED = dict(
    head=dict(
        type='StackedLinearClsHead',
        num_classes=NUM_CLASSES,
        in_channels=16,
        mid_channels=[8],
        dropout_rate=0.3,
    )
)
ACCUMULATION = dict(
    type='OptimWrapper', accumulative_counts=2, optimizer=dict(type='SGD', lr=0.05)
)
AMP = dict(type='TwoStageCpuAmp', optimizer=dict(type='SGD', lr=0.05))
SMOOTH = dict(head=head(loss=dict(type='LabelSmoothLoss', label_smooth_val=0.2)))


def views(collate):
    return loader(toy(size=SIDE, pipeline=VIEWS), collate_fn=dict(type=collate))


SETUPS = dict(
    amp=dict(optim_wrapper=AMP),
    accumulation=dict(optim_wrapper=ACCUMULATION),
    ema=dict(hooks=[dict(type='EMAHook', momentum=0.1)]),
    label_smoothing=dict(model=pi_model(**SMOOTH)),
    vision_transformer=dict(model=pi_model(**VIT)),
    stacked_head=dict(model=pi_model(**STACKED)),
    two_views=dict(train_dataloader=views('default_collate')),
    two_views_listed=dict(train_dataloader=views('pseudo_collate')),
    workers=dict(
        train_dataloader=loader(toy(size=SIDE), num_workers=1, persistent_workers=True)
    ),
)


class Watch(Hook):
    """The losses of stage 2 beside cross entropy over the labelled, by hand."""

    def __init__(self):
        self.losses, self.logits, self.want = [], None, []

    def before_train(self, runner):
        def keep(module, args, output):
            if self.logits is None and runner.model.training:
                self.logits = output.detach().float()

        runner.model.head.register_forward_hook(keep)
        self.selected = hook_of(runner, LabelSelectionHook).table.selected
        self.epsilon = getattr(runner.model.head.loss_module, 'label_smooth_val', 0.0)

    def before_train_iter(self, *args, **kwargs):
        self.logits = None

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        if 'loss_consistency' not in outputs:
            return
        rows = torch.tensor([s.sample_idx for s in data_batch['data_samples']])
        labels = torch.cat([s.gt_label for s in data_batch['data_samples']])
        labelled = self.selected[rows]
        smooth = torch.eye(NUM_CLASSES)[labels] * (1 - self.epsilon)
        cost = -((smooth + self.epsilon / NUM_CLASSES) * self.logits.log_softmax(1))
        self.want.append(cost.sum(1)[labelled].sum() / max(int(labelled.sum()), 1))
        self.losses.append(outputs)


@pytest.mark.parametrize('name', list(SETUPS))
def test_set_up_trains_with_equation_2(tmp_path, name):
    watcher = Watch()
    runner = two_stage(
        tmp_path,
        switch=2,
        epochs=3,
        default_hooks=dict(checkpoint=None),
        **SETUPS[name],
    )
    runner.register_hook(watcher)
    runner.train()
    assert watcher.losses
    tolerance = 0.02 if name == 'amp' else 1e-5
    for losses, want in zip(watcher.losses, watcher.want):
        assert float(losses['loss']) == pytest.approx(float(want), rel=tolerance)
        assert float(losses['loss_consistency']) > 0
    assert all(p.isfinite().all() for p in runner.model.parameters())


def test_mixup_is_refused(tmp_path):
    model = pi_model(train_cfg=dict(augments=[dict(type='Mixup', alpha=0.8)]))
    with pytest.raises(ValueError, match='Mixup'):
        two_stage(tmp_path, model=model)


def test_a_mask_for_a_repeated_dataset_is_refused(tmp_path):
    data = loader(
        dict(type='RepeatDataset', times=2, dataset=toy(size=SIDE)),
        sampler=dict(type='LabeledUnlabeledSampler'),
    )
    with pytest.raises(ValueError, match='one for each sample'):
        two_stage(tmp_path, switch=1, epochs=1, train_dataloader=data).train()
