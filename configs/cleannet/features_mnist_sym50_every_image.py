# The upper bound: every image is verified, wrong labels have weight 0 from the start.
_base_ = ['../baseline/feature_mlp_mnist_sym50.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        share=1.0,
    )
)
custom_hooks = [dict(type='CleanNetHook', start_epoch=1, use_verification=True)]
