_base_ = ['../baseline/small_cifar10n_worst_jpg.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch='auto',
        density_quantile='auto',
        candidate_fraction=0.2,
    )
]
