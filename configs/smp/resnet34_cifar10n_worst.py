_base_ = ['../baseline/resnet34_cifar10n_worst.py', '../_base_/methods/smp_guard.py']
