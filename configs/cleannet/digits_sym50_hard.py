# Hard weights (Eq. 13).
_base_ = ['./digits_sym50_soft.py']

custom_hooks = [dict(_base_.cleannet_hook, weighting='hard')]
