# Cross entropy with balanced classes; there is no validation split to refine.
_base_ = ['../baseline/resnet34_cifar10n_worst_jpg.py']

train_dataloader = dict(sampler=dict(type='ClassBalancedSampler'))
