# MNIST with 10 % of the training images, as noisy as the others, for validation, which
# controls the learning rate. The test split is only reported.
_base_ = ['./mnist.py']

data_preprocessor = dict(pad_size_divisor=1)  # 784 values

noisy = dict(
    type='NoisyLabels',
    dataset=dict(
        type='MNIST',
        data_root=_base_.data_root,
        download=False,
        pipeline=[dict(type='PackInputs')],
    ),
    noise=dict(type='symmetric', rate=0.0),
    seed=0,
)
train_dataloader = dict(
    dataset=dict(dataset=dict(_delete_=True, **noisy, indices=54000))
)
val_dataloader = dict(
    dataset=dict(dataset=dict(_delete_=True, **noisy, indices=-6000, test_mode=True))
)
val_evaluator = dict(type='SelectedAccuracy', prefix='validation')
test_dataloader = _base_.test_dataloader
