"""Stock MMPretrain set-ups train with SMPHook and nothing else changed."""

from contextlib import contextmanager

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapper
from mmengine.registry import OPTIM_WRAPPERS
from toy import NUM_CLASSES, NUM_SAMPLES, build, hook_of, loader, tiny_model, toy

from nl_plugins.methods.smp.smp_hook import SMPHook

CROSS_ENTROPY = dict(type='CrossEntropyLoss')
ALPHA = 0.4


def classifier(backbone, in_channels, head='LinearClsHead', neck='default', **kwargs):
    head = dict(type=head, num_classes=NUM_CLASSES, in_channels=in_channels, **kwargs)
    head.setdefault('loss', CROSS_ENTROPY)
    model = dict(type='ImageClassifier', backbone=backbone, head=head)
    if 'use_soft' in head['loss'] or 'use_sigmoid' in head['loss']:
        model['data_preprocessor'] = dict(to_onehot=True, num_classes=NUM_CLASSES)
    if neck is not None:
        model['neck'] = dict(type='GlobalAveragePooling') if neck == 'default' else neck
    return model


def vit(kind='VisionTransformer', **kwargs):
    arch = dict(embed_dims=24, num_layers=2, num_heads=2, feedforward_channels=48)
    return dict(type=kind, arch=arch, img_size=32, patch_size=8, **kwargs)


RESNET = dict(
    type='ResNet_CIFAR', depth=18, stem_channels=4, base_channels=4, num_stages=4
)
TINY_STAGES = dict(depths=[1, 1, 1, 1], channels=[8, 8, 16, 16])

MODELS = dict(
    resnet=classifier(RESNET, 32),
    resnet_without_neck_or_map=classifier(
        dict(RESNET, out_indices=(3,)), 32, neck=dict(type='GeneralizedMeanPooling')
    ),
    label_smoothing=classifier(
        RESNET, 32, loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1)
    ),
    soft_cross_entropy=classifier(
        RESNET, 32, loss=dict(type='CrossEntropyLoss', use_soft=True)
    ),
    binary_cross_entropy=classifier(
        RESNET, 32, loss=dict(type='CrossEntropyLoss', use_sigmoid=True)
    ),
    arcface=classifier(RESNET, 32, head='ArcFaceClsHead'),
    mobilenet_v3_stacked_head=classifier(
        dict(type='MobileNetV3', arch='small_050'),
        288,
        head='StackedLinearClsHead',
        mid_channels=[16],
        dropout_rate=0.2,
        act_cfg=dict(type='HSwish'),
    ),
    vit=classifier(vit(), 24, head='VisionTransformerClsHead', neck=None),
    vit_hidden_layer=classifier(
        vit(), 24, head='VisionTransformerClsHead', neck=None, hidden_dim=12
    ),
    deit_distilled=classifier(
        vit('DistilledVisionTransformer'), 24, head='DeiTClsHead', neck=None
    ),
    swin=classifier(
        dict(
            type='SwinTransformer',
            arch=dict(embed_dims=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2]),
            img_size=64,
            window_size=2,
        ),
        64,
    ),
    convnext=classifier(
        dict(type='ConvNeXt', arch=TINY_STAGES), 16, head='LinearClsHead', neck=None
    ),
    conformer=classifier(
        dict(
            type='Conformer',
            arch=dict(embed_dims=24, channel_ratio=1, num_heads=2, depths=3),
        ),
        [256, 24],
        head='ConformerHead',
        neck=None,
    ),
    efficientformer=classifier(
        dict(
            type='EfficientFormer',
            arch=dict(
                layers=[1, 1, 1, 2],
                embed_dims=[8, 8, 16, 16],
                downsamples=[False, True, True, True],
                vit_num=1,
            ),
        ),
        16,
        head='EfficientFormerClsHead',
        neck=dict(type='GlobalAveragePooling', dim=1),
        distillation=False,
    ),
    repvgg=classifier(
        dict(
            type='RepVGG',
            arch=dict(
                num_blocks=[1, 1, 1, 1],
                width_factor=[0.25, 0.25, 0.25, 0.25],
                group_layer_map=None,
                se_cfg=None,
                stem_channels=8,
            ),
        ),
        128,
    ),
    mlp_mixer=classifier(
        dict(
            type='MlpMixer',
            arch=dict(
                embed_dims=24, num_layers=2, tokens_mlp_dims=12, channels_mlp_dims=24
            ),
            img_size=32,
            patch_size=8,
        ),
        24,
        neck=dict(type='GlobalAveragePooling', dim=1),
    ),
    densenet=classifier(
        dict(type='DenseNet', arch=dict(growth_rate=4, depths=[1, 1], init_channels=8)),
        10,
    ),
    lenet_headless=dict(
        type='ImageClassifier',
        backbone=dict(type='LeNet5', num_classes=NUM_CLASSES),
        head=dict(type='ClsHead', loss=CROSS_ENTROPY),
        data_preprocessor=dict(type='GreyPreprocessor'),
    ),
)


@pytest.fixture(autouse=True)
def grey_preprocessor():
    from mmpretrain.models.utils import ClsDataPreprocessor
    from mmpretrain.registry import MODELS as registry

    @registry.register_module(force=True)
    class GreyPreprocessor(ClsDataPreprocessor):
        """LeNet-5 takes one channel."""

        def forward(self, data, training=False):
            data = super().forward(data, training)
            data['inputs'] = data['inputs'].mean(1, keepdim=True) / 255
            return data


@OPTIM_WRAPPERS.register_module()
class CpuAmpOptimWrapper(OptimWrapper):
    """MMEngine's AmpOptimWrapper insists on a GPU; this is its context on a CPU."""

    @contextmanager
    def optim_context(self, model):
        with super().optim_context(model), torch.autocast('cpu', torch.bfloat16):
            yield


def watch_targets(runner):
    """What the loss sees from now on."""
    seen = []
    model = runner.model

    def record(module, args):
        if args[0].requires_grad:  # in training, not in a check
            seen.append(args[1].detach().clone())

    loss = model.head.loss_module
    loss.register_forward_pre_hook(record)
    return seen


def train(tmp_path, model, **changes):
    """Train two epochs, corrected from the second on; return hook and targets."""
    hook = dict(
        type='SMPHook',
        start_epoch=2,
        alpha=ALPHA,
        num_prototypes=2,
        holdout_fraction=0.0,
    )
    changes.setdefault('default_hooks', dict(checkpoint=None))
    runner = build(tmp_path, [hook], model, **changes)
    seen = watch_targets(runner)
    runner.train()
    return hook_of(runner, SMPHook), seen


def expected_targets(hook):
    table = hook.table
    given = F.one_hot(table.given_labels.long(), NUM_CLASSES)
    corrected = F.one_hot(table.suggested_labels.long(), NUM_CLASSES)
    return (1 - ALPHA) * given + ALPHA * corrected


@pytest.mark.parametrize('name', list(MODELS))
def test_stock_model_trains_with_the_corrected_targets(name, tmp_path):
    size = dict(swin=64, efficientformer=224).get(name, 32)
    model = MODELS[name]
    hook, seen = train(
        tmp_path,
        model,
        train_dataloader=loader(toy(size=size)),
        val_dataloader=loader(toy(size=size, test_mode=True)),
    )
    batches = len(seen) // 2
    if name == 'conformer':  # its loss is called for both outputs
        seen = seen[::2]
        batches = len(seen) // 2
    assert all(_is_hard(target) for target in seen[:batches]), 'corrected too early'
    got = torch.cat(seen[batches:])
    assert len(got) == NUM_SAMPLES
    want = expected_targets(hook)
    # the samples come in any order
    assert torch.allclose(_sorted_rows(got), _sorted_rows(want), atol=1e-6)


def _is_hard(target):
    return target.ndim == 1 or ((target == 0) | (target == 1)).all()


def _sorted_rows(matrix):
    return torch.tensor(sorted(matrix.round(decimals=5).tolist()))


SETUPS = dict(
    mixup=dict(
        model=dict(
            tiny_model(),
            train_cfg=dict(augments=[dict(type='Mixup', alpha=0.8)]),
        )
    ),
    cutmix=dict(
        model=dict(
            tiny_model(), train_cfg=dict(augments=[dict(type='CutMix', alpha=1.0)])
        )
    ),
    ema=dict(custom_hooks=[dict(type='EMAHook', momentum=0.1)]),
    accumulation=dict(
        optim_wrapper=dict(
            type='OptimWrapper',
            accumulative_counts=2,
            optimizer=dict(type='SGD', lr=0.05),
        )
    ),
    amp=dict(
        optim_wrapper=dict(
            type='CpuAmpOptimWrapper',
            optimizer=dict(type='SGD', lr=0.05),
        )
    ),
    pseudo_collate=dict(
        train_dataloader=loader(toy(), collate_fn=dict(type='pseudo_collate'))
    ),
    default_collate=dict(
        train_dataloader=loader(toy(), collate_fn=dict(type='default_collate'))
    ),
    persistent_workers=dict(
        train_dataloader=loader(toy(), num_workers=1, persistent_workers=True)
    ),
    repeat_dataset=dict(
        train_dataloader=loader(dict(type='RepeatDataset', times=2, dataset=toy()))
    ),
    class_balanced_dataset=dict(
        train_dataloader=loader(
            dict(type='ClassBalancedDataset', oversample_thr=0.5, dataset=toy())
        )
    ),
    kfold_dataset=dict(
        train_dataloader=loader(dict(type='KFoldDataset', num_splits=3, dataset=toy()))
    ),
    concat_inside_noisy_labels=dict(
        train_dataloader=loader(
            dict(
                type='NoisyLabels',
                dataset=dict(type='ConcatDataset', datasets=[toy(), toy(seed=1)]),
            )
        )
    ),
)


@pytest.mark.parametrize('name', list(SETUPS))
def test_set_up_trains_with_the_corrected_targets(name, tmp_path):
    changes = dict(SETUPS[name])
    model = changes.pop('model', None)
    extra = changes.pop('custom_hooks', [])
    hook_config = dict(
        type='SMPHook',
        start_epoch=2,
        alpha=ALPHA,
        num_prototypes=2,
        holdout_fraction=0.0,
    )
    runner = build(
        tmp_path,
        [*extra, hook_config],
        model,
        default_hooks=dict(checkpoint=None),
        **changes,
    )
    seen = watch_targets(runner)
    runner.train()
    hook = hook_of(runner, SMPHook)
    got = torch.cat(seen[len(seen) // 2 :])
    assert got.ndim == 2
    assert torch.allclose(got.sum(1), torch.ones(len(got)), atol=1e-5)
    if name in ('mixup', 'cutmix'):
        # mixing preserves the mean of the targets only if both permute the batch,
        # so look at the extremes: no target leaves the simplex, most are mixed
        assert (got >= -1e-6).all()
        assert (got.max(1).values < 1 - 1e-6).any()
        return
    want = {tuple(row) for row in expected_targets(hook).round(decimals=4).tolist()}
    assert {tuple(row) for row in got.round(decimals=4).tolist()} <= want
    changed = hook.table.suggested_labels != hook.table.given_labels
    assert changed.any(), 'nothing was corrected, the test shows nothing'


def test_iteration_based_loop(tmp_path):
    hook = dict(
        type='SMPHook',
        start_epoch=5,
        interval=2,
        by_epoch=False,
        alpha=ALPHA,
        num_prototypes=2,
        holdout_fraction=0.0,
    )
    runner = build(
        tmp_path,
        [hook],
        train_cfg=dict(by_epoch=False, max_iters=8, val_interval=100),
        train_dataloader=loader(
            toy(), sampler=dict(type='InfiniteSampler', shuffle=True)
        ),
        default_hooks=dict(checkpoint=None),
    )
    seen = watch_targets(runner)
    runner.train()
    assert [target.ndim for target in seen] == [1] * 4 + [2] * 4


def test_online_features_under_mixed_precision(tmp_path):
    runner = build(
        tmp_path,
        [dict(type='SMPHook', start_epoch=2, alpha=ALPHA, online=True)],
        optim_wrapper=dict(
            type='CpuAmpOptimWrapper', optimizer=dict(type='SGD', lr=0.05)
        ),
        default_hooks=dict(checkpoint=None),
    )
    runner.train()
    assert hook_of(runner, SMPHook).known.all()


def test_labels_are_recovered_by_training_with_them(tmp_path):
    runner = build(
        tmp_path,
        [dict(type='SMPHook', start_epoch=4, alpha=1.0, candidate_fraction=0.2)],
        train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=100),
        train_dataloader=loader(toy(num_samples=120)),
        default_hooks=dict(checkpoint=None),
    )
    runner.train()
    hook = hook_of(runner, SMPHook)
    true = np.arange(120) % NUM_CLASSES
    assert (hook.table.given_labels.numpy() == true).mean() == 0.8
    assert (hook.table.suggested_labels.numpy() == true).mean() > 0.97
    suspicious = hook.table.scores.numpy() < 0.5
    assert (suspicious == (np.arange(120) % 5 == 0)).mean() > 0.97
