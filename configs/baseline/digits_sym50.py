_base_ = [
    '../_base_/models/digits_resnet.py',
    '../_base_/datasets/digits_sym50.py',
    '../_base_/schedules/digits_30e.py',
    '../_base_/default_runtime.py',
]
