# 15 % of the images have verification labels, simulated from their true labels, which
# cross entropy does not use.
_base_ = ['./digits_sym50.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        share=0.15,
        seed=0,
    )
)
