_base_ = [
    '../baseline/small_cifar10n_worst.py',
    '../_base_/class_graphs/cifar10.py',
]

custom_hooks = [dict(type='SINetHook', graph=_base_.both_graphs, start_epoch=31)]
