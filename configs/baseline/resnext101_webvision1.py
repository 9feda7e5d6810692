_base_ = [
    '../_base_/models/resnext101.py',
    '../_base_/datasets/webvision1.py',
    '../_base_/schedules/sinet_100e.py',
    '../_base_/default_runtime.py',
]
