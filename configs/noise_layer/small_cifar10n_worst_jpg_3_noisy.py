# Row 3 of the paper's Table 1: noisy labels taken for the truth, from scratch.
_base_ = ['./small_cifar10n_worst_jpg_1_clean.py']

train_dataloader = dict(sampler=dict(phase='given'))
