_base_ = ['../baseline/lenet5_mnist_sym50.py', '../_base_/methods/smp_guard.py']
