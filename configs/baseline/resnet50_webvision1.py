# SINet, Table 7, without the dropout of 0.25 behind the pooling.
_base_ = [
    '../_base_/models/resnet50.py',
    '../_base_/datasets/webvision1.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]
