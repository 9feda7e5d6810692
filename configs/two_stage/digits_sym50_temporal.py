# With temporal ensembling instead of a second pass.
_base_ = ['./digits_sym50.py']

_base_.custom_hooks[2].type = 'TemporalEnsemblingHook'
custom_hooks = _base_.custom_hooks
