# Without a pretrained network: posteriors from the features of the network itself,
# again every tenth epoch from the middle of the training on.
_base_ = ['../baseline/small_cifar10n_worst.py']

custom_hooks = [dict(type='LabelPosteriorHook', start_epoch=31, interval=10)]
