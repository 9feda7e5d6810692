# With a mean teacher: the averaged weights predict a second time, and are evaluated.
_base_ = ['./digits_sym50.py']

model = dict(terms=[dict(_base_.term, type='MeanTeacher')])
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='EMAHook', momentum=0.05, begin_epoch=_base_.switch),
]
