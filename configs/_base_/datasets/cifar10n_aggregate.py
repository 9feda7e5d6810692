# CIFAR-10N, the majority of three human labels (9 % wrong). As `cifar10n_worst.py`.
_base_ = ['./cifar10n_worst.py']

train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            _delete_=True,
            type='CIFAR10N',
            data_root=_base_.data_root,
            label_set='aggregate',
            pipeline=_base_.train_pipeline,
        )
    )
)
