# Half of the epochs of the small setting with all labels, then 45 sub-epochs with the
# selected ones. Each stage has a cosine of its own.
_base_ = [
    '../baseline/small_cifar10n_worst.py',
    '../_base_/methods/two_stage_cifar10n.py',
]

switch, last = 31, 75
model = dict(_base_.pi_model, start_epoch=switch, ramp_up=5)
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
    dict(type='OptimizerRestartHook', epoch=switch, lr=0.02),
    dict(type='TermsHook'),
]
