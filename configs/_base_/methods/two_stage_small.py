# The two stages in the small setting of CIFAR-10N: half of its epochs with all labels,
# then 30 sub-epochs with the selected ones, each stage with a cosine of its own.
switch, last = 16, 45
pi_model = dict(
    type='PiModelClassifier',
    consistency=dict(type='ConsistencyLoss', loss_weight=20.0),
    noise=dict(type='GaussianNoise', std=0.15),
    start_epoch=switch,
    ramp_up=5,
)
two_views = [
    dict(
        type='MultiView',
        num_views=2,
        transforms=[
            [
                dict(type='RandomCrop', crop_size=32, padding=4),
                dict(type='RandomFlip', prob=0.5, direction='horizontal'),
            ]
        ],
    ),
    dict(type='PackInputs'),
]
half_labeled = dict(type='LabeledUnlabeledSampler', balance_classes=True)
two_stage_cfg = dict(max_epochs=last)
two_stage_schedule = [
    dict(type='CosineAnnealingLR', begin=0, end=switch - 1, T_max=switch - 1),
    dict(type='CosineAnnealingLR', begin=switch - 1, end=last, T_max=last - switch + 1),
]
two_stage_hooks = [
    dict(type='StepSeedHook'),
    dict(type='LabelSelectionHook', start_epoch=switch),
    dict(type='OptimizerRestartHook', epoch=switch, lr=0.02),
    dict(type='TermsHook'),
]
