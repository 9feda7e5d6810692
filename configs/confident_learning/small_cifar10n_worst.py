# Labels are pruned once, before the network memorises them.
_base_ = ['../baseline/small_cifar10n_worst.py']

custom_hooks = [dict(type='ConfidentLearningHook', start_epoch=31)]
