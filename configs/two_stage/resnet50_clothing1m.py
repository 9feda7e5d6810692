# Stage 2 on Clothing1M, section 4.3 (Table 4, row 7), from a network of stage 1:
#   --cfg-options load_from=work_dirs/resnet50_clothing1m_improved/epoch_15.pth
# MMPretrain's ResNet has no dropout within the convolutions; stochastic depth takes its
# place.
_base_ = ['./resnet50_clothing1m_improved.py']

model = dict(
    type='PiModelClassifier',
    backbone=dict(drop_path_rate=0.1),
    consistency=dict(type='ConsistencyLoss', loss_weight=100.0),
    noise=dict(type='GaussianNoise', std=0.15),
)
views = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=256, edge='short'),
    dict(
        type='MultiView',
        num_views=2,
        transforms=[
            [
                dict(type='RandomCrop', crop_size=224),
                dict(type='RandomFlip', prob=0.5, direction='horizontal'),
            ]
        ],
    ),
    dict(type='PackInputs'),
]
train_dataloader = dict(
    dataset=dict(pipeline=views),
    sampler=dict(type='LabeledUnlabeledSampler', balance_classes=True),
)
# An epoch is a sub-epoch: one pass over the labelled images.
train_cfg = dict(max_epochs=100)
param_scheduler = dict(
    _delete_=True,
    type='ReduceOnPlateauLR',
    monitor='accuracy/top1',
    rule='greater',
    factor=0.5,
    patience=9,  # ten epochs without an improvement
)
selection_hook = dict(type='LabelSelectionHook', start_epoch=1)
training_hooks = [
    dict(
        type='ResumableEarlyStoppingHook',
        monitor='accuracy/top1',
        rule='greater',
        min_delta=0.0,
        patience=20,
    ),
    dict(type='ValidateResumedHook'),
]
custom_hooks = [dict(type='StepSeedHook'), selection_hook, *training_hooks]
