# The paper's ten steps for each batch, and a teacher that averages over some 1,000
# batches, which validation measures. The schedule is SMP's. The graphs of all steps are
# in memory at once.
_base_ = ['../baseline/resnet50_clothing1m.py']

model = dict(type='NoisyLabelClassifier', terms=[dict(type='MLNT')])
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(type='TermsHook'),
    dict(type='EMAHook', momentum=0.001),
]
