# SINet, Table 7, our baseline.
_base_ = [
    '../_base_/models/resnet50_dropout.py',
    '../_base_/datasets/webvision1.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]
