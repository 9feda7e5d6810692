# Labels are pruned once, before the network memorises them.
_base_ = ['../baseline/digits_sym50.py']

confident_hook = dict(type='ConfidentLearningHook', start_epoch=7)
custom_hooks = [confident_hook]
