_base_ = ['../baseline/resnet50_food101n.py']

# As on Clothing1M; correction starts with the first epoch at the lower learning rate.
custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=11,
        alpha=0.5,
        num_samples=1280,
        num_prototypes=8,
        density_quantile=0.6,
        max_similarity=0.95,
        holdout_fraction=0.0,
    )
]
