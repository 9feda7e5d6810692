# Clothing1M with its clean training images: 1 M noisy labels and 47,570 clean ones; 25
# k images have both. Without a method, every image is trained on with its best label.
_base_ = ['./clothing1m.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CleanLabels',
        dataset=dict(
            _base_.train_dataloader.dataset,
            split='noisy_and_verified_train',
            verified_by=['clean_train'],
        ),
        clean=dict(_base_.train_dataloader.dataset, split='clean_train'),
    ),
    sampler=dict(_delete_=True, type='CleanNoisySampler'),
)
