# The first 10,000 images of CIFAR-10N worst; every twentieth has a clean label as well.
_base_ = ['./cifar10n_worst.py']

noisy = dict(_base_.train_dataloader.dataset.dataset, indices=10000)
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            _delete_=True, type='CleanLabels', dataset=noisy, fraction=0.05, seed=0
        )
    ),
    sampler=dict(_delete_=True, type='CleanNoisySampler'),
)
