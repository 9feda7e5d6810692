# A third of the epochs with all labels, then with those that the network confirms; the
# other images count through consistency. On noisy labels it is never confident.
_base_ = ['./baseline.py']

switch, last = 6, 15
model = dict(
    type='PiModelClassifier',
    consistency=dict(type='ConsistencyLoss', loss_weight=20.0),
    noise=dict(type='GaussianNoise', std=0.15),
    start_epoch=switch,
    ramp_up=3,
)
load, *augmentation, pack = _base_.train_pipeline
views = dict(type='MultiView', num_views=2, transforms=[augmentation])
train_dataloader = dict(
    dataset=dict(dataset=dict(pipeline=[load, views, pack])),
    sampler=dict(_delete_=True, type='LabeledUnlabeledSampler', balance_classes=True),
)
param_scheduler = [
    dict(type='CosineAnnealingLR', begin=0, end=switch - 1, T_max=switch - 1),
    dict(type='CosineAnnealingLR', begin=switch - 1, end=last, T_max=last - switch + 1),
]
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(type='LabelSelectionHook', start_epoch=switch, threshold=0.0),
    dict(type='OptimizerRestartHook', epoch=switch, lr=0.005),
    dict(type='TermsHook'),
]
