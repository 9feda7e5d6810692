# Row 4 of the paper's Table 1: noisy labels taken for the truth, from ImageNet weights.
_base_ = ['./alexnet_clothing1m_2_clean_pretrained.py']

train_dataloader = dict(sampler=dict(phase='given'))
