# What README tells people to begin with: a small head on frozen, pretrained features,
# trained with the probability of each class given the image and its noisy label.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [dict(type='LabelPosteriorHook')]
