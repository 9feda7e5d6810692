_base_ = ['./digits_sym50.py']

custom_hooks = [dict(_base_.joint_hook, hard=True)]
