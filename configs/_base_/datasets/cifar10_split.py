# CIFAR-10 with 10 % of the training images, as noisy as the others, for validation: it
# steers the learning rate. The test split is only reported.
_base_ = ['./cifar10n_worst.py']

noise = dict(type='symmetric', rate=0.0)
source = dict(_base_.cifar10, label_set='clean')
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            _delete_=True,
            type='NoisyLabels',
            dataset=dict(source, pipeline=_base_.train_pipeline),
            noise=noise,
            seed=0,
            indices=45000,
        )
    )
)
val_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='InMemory',
        dataset=dict(
            type='NoisyLabels',
            dataset=dict(source, pipeline=_base_.test_pipeline),
            noise=noise,
            seed=0,
            indices=-5000,
            test_mode=True,
        ),
    )
)
val_evaluator = dict(type='SelectedAccuracy', prefix='validation')
test_dataloader = _base_.test_dataloader
