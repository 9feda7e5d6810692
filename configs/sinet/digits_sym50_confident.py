# Model-B of Table 1: trained on the images of high confidence only, without weights.
_base_ = ['./digits_sym50.py']

custom_hooks = [
    dict(type='SINetHook', graph=_base_.digits_graph, start_epoch=4, threshold=0.4)
]
