# T is counted over the 15 % of the images that have verification labels, simulated from
# their true labels.
_base_ = ['./digits_sym50_forward.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        share=0.15,
        seed=0,
    )
)
custom_hooks = [dict(type='TransitionHook', start_epoch=7, source='known')]
