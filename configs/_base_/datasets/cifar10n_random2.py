# CIFAR-10N, the second of three human labels (18 % wrong).
_base_ = ['./cifar10n_worst.py']

train_dataloader = dict(dataset=dict(dataset=dict(label_set='random2')))
