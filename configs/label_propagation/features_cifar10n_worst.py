_base_ = ['../baseline/feature_mlp_cifar10n_worst_clean.py']

custom_hooks = [dict(type='LabelPropagationHook', standardize=True)]
