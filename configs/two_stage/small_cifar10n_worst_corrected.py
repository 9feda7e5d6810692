# Not in the paper: the labels that are likely right by the network's predictions and
# the noise found in them, in place of those of which the network itself is 0.9 sure.
_base_ = ['./small_cifar10n_worst.py']

custom_hooks = [
    dict(type='StepSeedHook'),
    dict(
        type='LabelSelectionHook',
        start_epoch=_base_.switch,
        confidence='corrected',
    ),
    dict(type='OptimizerRestartHook', epoch=_base_.switch, lr=0.02),
    dict(type='TermsHook'),
]
