_base_ = ['./resnet50_clothing1m_soft.py']

_base_.custom_hooks[0].update(weighting='hard')
custom_hooks = _base_.custom_hooks
