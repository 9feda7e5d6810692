# Labels are selected as in the two-stage method; the others are pseudo-labels.
_base_ = ['../baseline/digits_sym50.py']

switch = 7
model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='PseudoLabel', start_epoch=switch, ramp_up=10)],
)
custom_hooks = [
    dict(type='LabelSelectionHook', start_epoch=switch),
    dict(type='TermsHook'),
]
