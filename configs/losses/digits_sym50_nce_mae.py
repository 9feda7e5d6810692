_base_ = ['../baseline/digits_sym50.py']

active_passive = dict(
    type='ActivePassiveLoss',
    active=dict(type='NormalizedFocalLoss', gamma=0.0),
    passive=dict(type='MeanAbsoluteErrorLoss'),
)
model = dict(head=dict(loss=active_passive))
