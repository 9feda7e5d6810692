# Row 4 of the paper's Table 1: all labels as given, from ImageNet weights.
_base_ = ['./alexnet_clothing1m_2_clean_pretrained.py']

train_dataloader = dict(sampler=dict(phase='given'))
