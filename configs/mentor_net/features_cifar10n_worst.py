# Of the labels 59 % are right.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='MentorNet', percentile=0.6, start_epoch=3)],
)
custom_hooks = [dict(type='TermsHook')]
