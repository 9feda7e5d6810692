_base_ = [
    '../_base_/models/resnet50_imagenet.py',
    '../_base_/datasets/food101n.py',
    '../_base_/schedules/food101n_30e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=101))
