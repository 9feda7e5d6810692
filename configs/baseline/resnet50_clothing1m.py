_base_ = [
    '../_base_/models/resnet50_imagenet.py',
    '../_base_/datasets/clothing1m.py',
    '../_base_/schedules/clothing1m_15e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=14))
