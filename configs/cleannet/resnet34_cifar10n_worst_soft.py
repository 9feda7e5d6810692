_base_ = ['../baseline/resnet34_cifar10n_worst.py']

# The verification labels of 5 % of the images come from their true labels.
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            _delete_=True,
            type='VerificationLabels',
            dataset=_base_.train_dataloader.dataset.dataset,
            share=0.05,
            seed=0,
        )
    )
)
# A round before the rate falls.
custom_hooks = [dict(type='CleanNetHook', start_epoch=51)]
