# Row 3 of the paper's Table 1: all labels as given, from scratch.
_base_ = ['./small_cifar10n_worst_1_clean.py']

train_dataloader = dict(sampler=dict(phase='given'))
