# Row 1 of the paper's Table 1: clean labels alone, from scratch.
_base_ = [
    '../_base_/models/alexnet.py',
    '../_base_/datasets/clothing1m_clean.py',
    '../_base_/schedules/alexnet_26e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(batch_size=256, sampler=dict(phase='classes'))
