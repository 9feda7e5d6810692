# Labels are corrected once, before the training, and replace the given ones. Samples
# are compared by class scores in closed form, which depend on no network and no seed.
# Prototypes as in _base_/methods/smp_guard.py.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=1,
        interval=None,
        alpha=1.0,
        density_quantile='auto',
        candidate_fraction=0.2,
        class_scores=True,
    )
]
