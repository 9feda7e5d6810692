# The teacher: every twentieth image, with its clean label, repeated to a whole epoch.
_base_ = ['../baseline/feature_mlp_cifar10n_worst_clean.py']

train_dataloader = dict(
    sampler=dict(_delete_=True, type='CleanNoisySampler', phase='classes'),
)
