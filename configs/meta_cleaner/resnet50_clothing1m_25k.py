# With the clean labels of the 25 k clean training images that also have a noisy one.
_base_ = ['./resnet50_clothing1m.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CleanLabels',
        dataset=dict(
            _base_.train_dataloader.dataset,
            split='noisy_and_verified_train',
            verified_by=['clean_train'],
        ),
        fraction=1.0,
    )
)
