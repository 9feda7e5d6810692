_base_ = ['./small_cifar10n_worst_soft.py']

# Half of the classes without verification labels.
_base_.custom_hooks[0].update(held_out_classes=[5, 6, 7, 8, 9])
custom_hooks = _base_.custom_hooks
