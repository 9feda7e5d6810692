# The digits with 30 % confused and 10 % random training labels, which can be seen in
# the image (see ImageDependentNoise); every twentieth image has a clean label as well.
# Images are shifted, so that the network cannot learn labels by heart.
_base_ = ['./digits.py']

shifted = [
    dict(type='RandomCrop', crop_size=8, padding=1),
    dict(type='PackInputs'),
]
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='InMemory',
        dataset=dict(
            type='CleanLabels',
            dataset=dict(
                type='ImageDependentNoise',
                dataset=dict(type='Digits', split='train', pipeline=shifted),
                confusing=0.3,
                random=0.1,
                seed=0,
            ),
            fraction=0.05,
            seed=0,
        ),
    ),
    sampler=dict(type='CleanNoisySampler'),
)
