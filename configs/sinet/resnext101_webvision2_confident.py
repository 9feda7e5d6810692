# Table 1, Model-B: trained on the images of high confidence only, without weights. The
# paper does not say how high; 0.4 is the weight at a cosine of 0.78 to the prototype.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [
    dict(
        type='SINetHook',
        graph=_base_.both_graphs,
        start_epoch=31,
        interval=10,
        threshold=0.4,
    )
]
