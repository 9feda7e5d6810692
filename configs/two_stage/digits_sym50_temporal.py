# With temporal ensembling instead of a second pass.
_base_ = ['./digits_sym50.py']

custom_hooks = [
    dict(type='StepSeedHook'),
    _base_.selection_hook,
    dict(_base_.consistency_hook, type='TemporalEnsemblingHook'),
]
