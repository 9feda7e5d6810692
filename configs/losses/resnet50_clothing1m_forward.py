# T by anchor points when the learning rate falls first; before that cross entropy.
_base_ = ['../baseline/resnet50_clothing1m.py']

model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=14)))
custom_hooks = [dict(type='TransitionHook', start_epoch=6)]
