# SINet, Table 1 (Model-A).
_base_ = [
    '../_base_/models/resnext101.py',
    '../_base_/datasets/webvision2.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=5000))
