# The digits with 30 % confused and 10 % random training labels. The noise type can be
# seen in the image (see ImageDependentNoise). As in the paper, 3 % of the images have a
# clean label: 44. Images are shifted, so that labels are harder to memorise.
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
            fraction=0.03,
            seed=0,
        ),
    ),
    sampler=dict(type='CleanNoisySampler'),
)
