# Table 2, CN + HW.
_base_ = [
    '../baseline/small_cifar10n_worst.py',
    '../_base_/class_graphs/cifar10.py',
]

graph = dict(type='sum', graphs=[_base_.names_graph, _base_.wordnet_graph])
custom_hooks = [dict(type='SINetHook', graph=graph, start_epoch=31)]
