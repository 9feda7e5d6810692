# Model-B as in the paper: a new training on the images that Model-A is confident of.
_base_ = ['./digits_sym50_before.py']

custom_hooks = [dict(_base_.sinet_hook, interval=None, threshold=0.4)]
