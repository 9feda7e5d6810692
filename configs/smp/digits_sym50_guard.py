_base_ = ['./digits_sym50.py']

_base_.custom_hooks[0].update(start_epoch='auto')
custom_hooks = _base_.custom_hooks
