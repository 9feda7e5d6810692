# Every twentieth image has a clean label.
_base_ = ['./feature_mlp_cifar10n_worst.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CleanLabels',
        dataset=_base_.train_dataloader.dataset,
        fraction=0.05,
        seed=0,
    )
)
