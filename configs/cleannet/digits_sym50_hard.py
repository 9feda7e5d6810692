_base_ = ['./digits_sym50_soft.py']

_base_.custom_hooks[0].update(weighting='hard')
custom_hooks = _base_.custom_hooks
