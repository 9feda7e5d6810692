# The guard decides when correction begins.
_base_ = ['./digits_sym50.py']

custom_hooks = [dict(_base_.smp_hook, start_epoch='auto')]
