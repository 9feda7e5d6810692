# 5 % of the images have verification labels, simulated from their true labels.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        share=0.05,
        seed=0,
    )
)
custom_hooks = [dict(type='CleanNetHook', start_epoch=3, use_verification=True)]
