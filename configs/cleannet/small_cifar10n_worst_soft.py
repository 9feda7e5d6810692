_base_ = ['../baseline/small_cifar10n_worst.py']

# 5 % of the images have verification labels, simulated from their true labels.
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
# One round, after half of the epochs.
cleannet_hook = dict(type='CleanNetHook', start_epoch=31)
custom_hooks = [cleannet_hook]
