# CIFAR-10N, the majority of three human labels (9 % wrong).
_base_ = ['./cifar10n_worst.py']

train_dataloader = dict(dataset=dict(dataset=dict(label_set='aggregate')))
