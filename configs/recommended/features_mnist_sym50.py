_base_ = ['../baseline/feature_mlp_mnist_sym50.py']

custom_hooks = [dict(type='LabelPosteriorHook')]
