_base_ = ['./small_cifar10n_worst_jpg_soft.py']

_base_.custom_hooks[0].update(weighting='hard')
custom_hooks = _base_.custom_hooks
