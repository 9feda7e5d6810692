# Table 3, Constant: the prototype is the mean of the best matched images, here 100 of
# each class (the paper gives no number). Weighting is this with `constant=False`.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [dict(_base_.sinet_hook, num_matched=100, constant=True)]
