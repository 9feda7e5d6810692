# Three methods in one run, in this order: the labels are smoothed towards the
# predictions of the network of epoch 3, SINet weights the smoothed labels, and SMP adds
# its corrected label, which SINet's weight does not change.
_base_ = ['./digits_sym50.py']

model = dict(
    head=dict(loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode='original'))
)
custom_hooks = [
    dict(type='TopKSmoothingHook', start_epoch=4, topk=3),
    dict(type='SINetHook', graph=_base_.digits_graph, start_epoch=4),
    dict(
        type='SMPHook',
        start_epoch=6,
        density_quantile='auto',
        candidate_fraction=0.2,
        holdout_fraction=0.1,
    ),
]
