_base_ = ['./resnet50_food101n_soft.py']

_base_.custom_hooks[0].update(weighting='hard')
custom_hooks = _base_.custom_hooks
