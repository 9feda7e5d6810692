# Table 1, Model-C. The weights begin as in resnet50_webvision1.py.
_base_ = [
    '../baseline/resnext101_webvision2.py',
    '../_base_/class_graphs/wordnet_ids.py',
]

custom_hooks = [
    dict(type='SINetHook', graph=_base_.both_graphs, start_epoch=31, interval=10)
]
