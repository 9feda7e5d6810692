# A network from scratch, trained with the posteriors that the frozen features of a
# pretrained one give: the same recipe, where the features are not those of the network.
_base_ = ['../baseline/small_cifar10n_worst.py']

file = '{{$NL_DATA:data}}/features/{{$NL_FEATURES:cifar10n_train10k}}'
custom_hooks = [dict(type='LabelPosteriorHook', feature_file=file)]
