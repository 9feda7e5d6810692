# A sixth of the paper's schedule: 20 epochs and 20 sub-epochs.
_base_ = ['./thin_resnet14_cifar10_asym60.py']

param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=40)
switch = 21
model = dict(terms=[dict(_base_.term, start_epoch=switch, ramp_up=5, ramp_down=4)])
custom_hooks = [
    dict(type='StepSeedHook'),
    *_base_.plateau_hooks,
    dict(_base_.selection_hook, start_epoch=switch),
    dict(_base_.restart_hook, epoch=switch),
    dict(type='TermsHook'),
]
