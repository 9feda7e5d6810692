# The same over CIFAR-10N's schedule of 100 epochs.
_base_ = ['./two_stage_small.py']

switch, last = 61, 160
pi_model = dict(start_epoch=switch, ramp_up=10)
two_stage_cfg = dict(max_epochs=last)
two_stage_schedule = [
    dict(type='CosineAnnealingLR', begin=0, end=switch - 1, T_max=switch - 1),
    dict(type='CosineAnnealingLR', begin=switch - 1, end=last, T_max=last - switch + 1),
]
two_stage_hooks = [
    dict(type='StepSeedHook'),
    dict(type='LabelSelectionHook', start_epoch=switch),
    dict(type='OptimizerRestartHook', epoch=switch, lr=0.05),
    dict(type='TermsHook'),
]
