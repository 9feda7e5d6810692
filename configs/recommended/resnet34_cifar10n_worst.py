# All 50,000 images, a network from scratch: posteriors by the frozen features of a
# pretrained one.
_base_ = ['../baseline/resnet34_cifar10n_worst.py']

file = '{{$NL_DATA:data}}/features/{{$NL_FEATURES:cifar10n_train50k}}'
custom_hooks = [dict(type='LabelPosteriorHook', feature_file=file)]
