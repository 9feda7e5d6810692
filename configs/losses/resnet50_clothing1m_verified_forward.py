# T is counted over the 25 k verification labels.
_base_ = ['../baseline/resnet50_clothing1m_verified.py']

model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=14)))
custom_hooks = [dict(type='TransitionHook', start_epoch=6, source='known')]
