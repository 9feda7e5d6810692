_base_ = ['../baseline/small_cifar10n_worst.py']

model = dict(head=dict(loss=dict(type='GeneralizedCrossEntropyLoss', q=0.7)))
