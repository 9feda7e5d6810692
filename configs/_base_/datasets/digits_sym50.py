# The digits with half of the training labels wrong, spread over the other classes.
_base_ = ['./digits.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='NoisyLabels',
        dataset=dict(type='Digits', split='train', pipeline=[dict(type='PackInputs')]),
        noise=dict(type='symmetric', rate=0.5),
        seed=0,
    )
)
