# Hard weights (Eq. 13).
_base_ = ['./resnet50_clothing1m_soft.py']

custom_hooks = [dict(_base_.cleannet_hook, weighting='hard')]
