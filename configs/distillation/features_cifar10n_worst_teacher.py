# The teacher: every twentieth image, with its clean label, repeated to a whole epoch.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CleanLabels',
        dataset=_base_.train_dataloader.dataset,
        fraction=0.05,
        seed=0,
    ),
    sampler=dict(_delete_=True, type='CleanNoisySampler', phase='classes'),
)
