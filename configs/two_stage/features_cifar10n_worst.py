# Two epochs with all labels, then with those that the network confirms: on noisy labels
# it is never confident. The other samples take part in the consistency.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

switch = 3
consistency = dict(type='ConsistencyLoss', loss_weight=20.0)
model = dict(
    type='NoisyLabelClassifier',
    terms=[
        dict(
            type='PiConsistency',
            consistency=consistency,
            start_epoch=switch,
            ramp_up=5,
        )
    ],
)
custom_hooks = [
    dict(type='LabelSelectionHook', start_epoch=switch, threshold=0.0),
    dict(type='TermsHook'),
]
