# Labels are corrected once, after two epochs, and replace the given ones. Prototypes as
# in _base_/methods/smp_guard.py.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=3,
        interval=None,
        alpha=1.0,
        density_quantile='auto',
        candidate_fraction=0.2,
    )
]
