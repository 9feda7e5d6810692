_base_ = ['./digits_sym50_soft.py']

# Half of the classes without verification labels.
_base_.custom_hooks[0].update(held_out_classes=[5, 6, 7, 8, 9])
custom_hooks = _base_.custom_hooks
