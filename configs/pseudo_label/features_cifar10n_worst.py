# Labels are selected as in the two-stage method: those that the network confirms after
# two epochs. The others are pseudo-labels.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

switch = 3
model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='PseudoLabel', start_epoch=switch, ramp_up=10)],
)
custom_hooks = [
    dict(type='LabelSelectionHook', start_epoch=switch, threshold=0.0),
    dict(type='TermsHook'),
]
