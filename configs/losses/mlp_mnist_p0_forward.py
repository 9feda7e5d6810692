# Patrini et al., two networks in one run: 40 epochs of cross entropy, from whose
# predictions T is estimated, then 40 with the corrected loss and a new optimizer.
_base_ = ['../baseline/mlp_mnist_p0.py']

switch = 41
model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=10)))
train_cfg = dict(max_epochs=80)
custom_hooks = [
    *_base_.plateau_hooks,
    dict(type='TransitionHook', start_epoch=switch),
    dict(type='OptimizerRestartHook', epoch=switch),
]
