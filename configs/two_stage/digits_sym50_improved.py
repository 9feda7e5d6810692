# Cross entropy with balanced classes; there is no validation split to refine.
_base_ = ['../baseline/digits_sym50.py']

train_dataloader = dict(sampler=dict(type='ClassBalancedSampler'))
