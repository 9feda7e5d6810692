_base_ = ['../baseline/digits_sym50.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='EarlyLearningRegularization', weight=3.0, momentum=0.7)],
)
custom_hooks = [dict(type='TermsHook')]
