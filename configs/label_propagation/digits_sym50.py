# 15 % of the images have verification labels, simulated from their true labels; about
# half of these have the label of the class that they show.
_base_ = ['../baseline/digits_sym50.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        share=0.15,
        seed=0,
    )
)
# Before the network has memorised its labels.
custom_hooks = [dict(type='LabelPropagationHook', start_epoch=4, neighbours=10)]
