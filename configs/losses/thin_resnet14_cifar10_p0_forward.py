# As mlp_mnist_p0_forward.py; Model-A is baseline/thin_resnet14_cifar10_p0.py.
_base_ = ['../baseline/thin_resnet14_cifar10_p0.py']

model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=10)))
transition_hook = dict(
    type='TransitionHook',
    start_epoch=1,
    quantile=0.97,
    checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
)
custom_hooks = [*_base_.plateau_hooks, transition_hook]
