# SINet, section 4.3: 66.47 without its weights.
_base_ = [
    '../_base_/models/resnet50_dropout.py',
    '../_base_/datasets/imagenet_uniform40.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]
