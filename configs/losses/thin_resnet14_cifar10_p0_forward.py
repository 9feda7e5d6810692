# As mlp_mnist_p0_forward.py, with 120 epochs each.
_base_ = ['../baseline/thin_resnet14_cifar10_p0.py']

switch = 121
model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=10)))
train_cfg = dict(max_epochs=240)
custom_hooks = [
    *_base_.plateau_hooks,
    dict(type='TransitionHook', start_epoch=switch),
    dict(type='OptimizerRestartHook', epoch=switch),
]
