# Not in the paper: the labels that are likely right by the network's predictions and
# the noise found in them, in place of those that it confirms.
_base_ = ['./features_cifar10n_worst.py']

custom_hooks = [
    dict(type='LabelSelectionHook', start_epoch=3, confidence='corrected'),
]
