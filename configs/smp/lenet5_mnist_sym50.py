_base_ = ['../baseline/lenet5_mnist_sym50.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch='auto',
        density_quantile='auto',
        candidate_fraction=0.2,
    )
]
