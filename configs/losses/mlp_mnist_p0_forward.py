# Patrini et al.: T is estimated from the predictions of a network that cross entropy
# trained (baseline/mlp_mnist_p0.py; NL_MODEL_A is its last checkpoint), and another one
# learns from scratch with the corrected loss. The anchor of a class is the 97th
# percentile of the images, as for their MNIST and CIFAR-10.
_base_ = ['../baseline/mlp_mnist_p0.py']

model = dict(head=dict(loss=dict(type='ForwardCorrectedLoss', num_classes=10)))
transition_hook = dict(
    type='TransitionHook',
    start_epoch=1,
    quantile=0.97,
    checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
)
custom_hooks = [*_base_.plateau_hooks, transition_hook]
