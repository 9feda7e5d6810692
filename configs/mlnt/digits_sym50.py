# Four steps on wrong labels for each batch; the paper makes ten. The teacher averages
# over some 20 batches, there over 1,000.
_base_ = ['../baseline/digits_sym50.py']

model = dict(type='NoisyLabelClassifier', terms=[dict(type='MLNT', num_steps=4)])
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(type='TermsHook'),
    dict(type='EMAHook', momentum=0.05),
]
