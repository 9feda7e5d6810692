# Not in the paper: the labels that are likely right by the network's predictions and
# the noise found in them, in place of those of which the network itself is 0.9 sure.
_base_ = ['./mlp_mnist_p0.py']

custom_hooks = [
    dict(type='StepSeedHook'),
    *_base_.plateau_hooks,
    dict(_base_.selection_hook, confidence='corrected'),
    _base_.restart_hook,
    dict(type='TermsHook'),
]
