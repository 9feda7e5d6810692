# As mlp_mnist_p0_unhinged.py.
_base_ = ['../baseline/thin_resnet14_cifar10_p0.py']

loss = dict(type='UnhingedLoss', pairwise=False)
model = dict(
    neck=[_base_.model.neck, dict(type='LinearNeck', in_channels=64, out_channels=10)],
    head=dict(_delete_=True, type='ClsHead', loss=loss),
)
