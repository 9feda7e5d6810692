# Table 1, Model-B: a new training on the images of high confidence only, chosen by
# Model-A's features, without weights. The paper does not say how high; 0.4 is the
# weight at a cosine of 0.78 to the prototype.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [dict(_base_.sinet_hook, interval=None, threshold=0.4)]
