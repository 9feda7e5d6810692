_base_ = [
    '../_base_/models/resnet34_cifar.py',
    '../_base_/datasets/cifar10n_worst.py',
    '../_base_/schedules/cifar10n_100e.py',
    '../_base_/default_runtime.py',
]
