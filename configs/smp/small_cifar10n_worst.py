_base_ = ['../baseline/small_cifar10n_worst.py', '../_base_/methods/smp_guard.py']
