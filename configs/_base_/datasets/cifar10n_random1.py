# CIFAR-10N, the first of three human labels (17 % wrong).
_base_ = ['./cifar10n_worst.py']

train_dataloader = dict(dataset=dict(dataset=dict(label_set='random1')))
