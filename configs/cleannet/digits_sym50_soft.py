_base_ = ['../baseline/digits_sym50.py']

# The verification labels of 15 % of the images come from their true labels.
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        share=0.15,
        seed=0,
    )
)
# This network learns all labels by heart: CleanNet comes before it has, and only once,
# since what is learnt by heart looks right in the next round. Small data wants few
# references and larger steps.
custom_hooks = [
    dict(
        type='CleanNetHook',
        start_epoch=6,
        num_references=20,
        training=dict(batch_size=64, lr=3e-4),
    )
]
