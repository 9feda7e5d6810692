_base_ = ['./digits_sym50.py']

custom_hooks = [dict(_base_.confident_hook, prune='class')]
