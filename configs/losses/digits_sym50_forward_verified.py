# T is counted over the images that have verification labels.
_base_ = ['../baseline/digits_sym50_verified.py']

model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=10)))
custom_hooks = [dict(type='TransitionHook', start_epoch=7, source='known')]
