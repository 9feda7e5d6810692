# With a mean teacher: the second prediction is that of the averaged weights, which are
# also evaluated.
_base_ = ['./digits_sym50.py']

model = dict(terms=[dict(_base_.term, type='MeanTeacher')])
custom_hooks = [
    dict(type='StepSeedHook'),
    _base_.selection_hook,
    dict(type='TermsHook'),
    dict(type='EMAHook', momentum=0.05, begin_epoch=_base_.switch),
]
