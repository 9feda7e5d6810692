# The teacher averages over an epoch.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

model = dict(type='NoisyLabelClassifier', terms=[dict(type='MLNT', num_steps=4)])
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(type='TermsHook'),
    dict(type='EMAHook', momentum=0.025),
]
