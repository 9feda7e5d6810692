# Weights once, after two epochs; alpha is near the median distance.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [
    dict(type='SINetHook', graph=None, start_epoch=3, interval=None, alpha=0.8)
]
