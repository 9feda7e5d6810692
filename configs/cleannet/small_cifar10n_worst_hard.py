# Hard weights (Eq. 13).
_base_ = ['./small_cifar10n_worst_soft.py']

custom_hooks = [dict(_base_.cleannet_hook, weighting='hard')]
