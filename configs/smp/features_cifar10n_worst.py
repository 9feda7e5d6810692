# Labels are corrected once, after two epochs, and replace the given ones. All samples
# are prototypes of their class: a few dense ones tell these classes apart less well.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=3,
        interval=None,
        alpha=1.0,
        num_prototypes=1280,
        max_similarity=1.0,
    )
]
