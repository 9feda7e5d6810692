# Forward correction: T is estimated before the network memorises labels.
_base_ = ['../baseline/digits_sym50.py']

model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=10)))
custom_hooks = [dict(type='TransitionHook', start_epoch=7, quantile=0.97)]
