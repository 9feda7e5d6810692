# Labels are corrected once, after two epochs, and replace the given ones. All samples of
# a class are its prototypes: dense places hold what classes have in common.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=3,
        interval=None,
        alpha=1.0,
        num_prototypes=1280,
        max_similarity=2.0,
    )
]
