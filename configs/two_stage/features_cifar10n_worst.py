# Two epochs with all labels, then with those that the network confirms: on noisy labels
# it is never confident. Stage 2 has no consistency, which gained nothing here.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [dict(type='LabelSelectionHook', start_epoch=3, threshold=0.0)]
