# Labels are pruned once, before the network memorises them.
_base_ = ['../baseline/digits_sym50.py']

custom_hooks = [dict(type='ConfidentLearningHook', start_epoch=7)]
