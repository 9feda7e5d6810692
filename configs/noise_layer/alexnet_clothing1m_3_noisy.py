# Row 3 of the paper's Table 1: noisy labels taken for the truth, from scratch.
_base_ = ['./alexnet_clothing1m_1_clean.py']

train_dataloader = dict(sampler=dict(phase='given'))
