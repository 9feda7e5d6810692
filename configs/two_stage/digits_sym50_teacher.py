# With a mean teacher: the averaged weights predict a second time, and are evaluated.
_base_ = ['./digits_sym50.py']

custom_hooks = [
    dict(type='StepSeedHook'),
    _base_.selection_hook,
    dict(_base_.consistency_hook, type='MeanTeacherHook'),
    dict(type='EMAHook', momentum=0.05, begin_epoch=_base_.switch),
]
