# 60 epochs with all labels, then 100 sub-epochs with the selected ones. Each stage has
# a cosine of its own.
_base_ = [
    '../baseline/resnet34_cifar10n_worst.py',
    '../_base_/methods/two_stage_cifar10n.py',
]

switch, last = 61, 160
model = dict(_base_.pi_model, start_epoch=switch, ramp_up=10)
pipeline = [*_base_.load_image, *_base_.two_views]
train_dataloader = dict(
    dataset=dict(dataset=dict(pipeline=pipeline)),
    sampler=_base_.half_labeled,
)
train_cfg = dict(max_epochs=last)
param_scheduler = [
    dict(type='CosineAnnealingLR', begin=0, end=switch - 1, T_max=switch - 1),
    dict(type='CosineAnnealingLR', begin=switch - 1, end=last, T_max=last - switch + 1),
]
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(type='LabelSelectionHook', start_epoch=switch),
    dict(type='OptimizerRestartHook', epoch=switch, lr=0.05),
    dict(type='TermsHook'),
]
