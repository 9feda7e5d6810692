_base_ = ['../baseline/resnet34_cifar10n_worst.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch='auto',
        density_quantile='auto',
        candidate_fraction=0.2,
    )
]
