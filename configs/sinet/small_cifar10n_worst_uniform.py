# Without a graph: all samples of a class count the same in its prototype.
_base_ = ['../baseline/small_cifar10n_worst.py']

custom_hooks = [dict(type='SINetHook', graph=None, start_epoch=31)]
