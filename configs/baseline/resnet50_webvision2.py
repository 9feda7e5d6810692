_base_ = [
    '../_base_/models/resnet50_dropout.py',
    '../_base_/datasets/webvision2.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=5000))
