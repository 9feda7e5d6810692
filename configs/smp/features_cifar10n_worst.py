# Labels are corrected once, from the hidden layer of a network of two epochs, and
# replace the given ones.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [dict(type='SMPHook', start_epoch=3, interval=None, alpha=1.0)]
