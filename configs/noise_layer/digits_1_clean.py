# Row 1 of the paper's Table 1: clean labels alone, from scratch.
_base_ = [
    '../_base_/models/digits_resnet.py',
    '../_base_/datasets/digits_confusing.py',
    '../_base_/schedules/digits_20e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(sampler=dict(phase='classes'))
