_base_ = ['./small_cifar10n_worst_soft.py']

# The verification labels of half of the classes are hidden.
custom_hooks = [dict(_base_.cleannet_hook, held_out_classes=[5, 6, 7, 8, 9])]
