# ResNeXt-101 (32 x 4d) from scratch; the number of classes is the data set's.
_base_ = ['./resnet50_dropout.py']

model = dict(backbone=dict(type='ResNeXt', depth=101, groups=32, width_per_group=4))
