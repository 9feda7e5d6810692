# MNIST with half of the training labels wrong, spread over the other classes.
_base_ = ['./mnist.py']

train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            _delete_=True,
            type='NoisyLabels',
            dataset=dict(
                type='MNIST',
                data_root=_base_.data_root,
                download=False,
                pipeline=[dict(type='PackInputs')],
            ),
            noise=dict(type='symmetric', rate=0.5),
            seed=0,
        )
    )
)
