# SINet, Table 9.
_base_ = [
    '../_base_/models/resnet50_dropout.py',
    '../_base_/datasets/aliproducts.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=50030))
