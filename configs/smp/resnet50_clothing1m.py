_base_ = ['../baseline/resnet50_clothing1m.py']

# The paper's settings (section 4); it does not say when correction starts. Here: with
# the first epoch at the lower learning rate.
custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=6,
        alpha=0.5,
        num_samples=1280,
        num_prototypes=8,
        density_quantile=0.6,
        max_similarity=0.95,
        holdout_fraction=0.0,
    )
]
