# Table 7. The paper does not say when the weights begin. Here they begin after the
# first fall of the learning rate and are updated every ten epochs.
_base_ = [
    '../baseline/resnet50_webvision1.py',
    '../_base_/class_graphs/wordnet_ids.py',
]

custom_hooks = [
    dict(type='SINetHook', graph=_base_.both_graphs, start_epoch=31, interval=10)
]
